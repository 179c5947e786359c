# SPDX-License-Identifier: Apache-2.0
"""Reads Coq sources as the audit and list_requires need them: without comments and strings."""

import re


def without_comments(text):
    """The text with comments (they nest) and strings blanked; line breaks stay, so that line numbers do."""
    out = []
    depth = 0
    in_string = False
    at = 0
    while at < len(text):
        two = text[at:at + 2]
        if in_string:
            in_string = text[at] != '"'
            out.append("\n" if text[at] == "\n" else " ")
        elif text[at] == '"':
            in_string = True
            out.append(" ")
        elif two == "(*":
            depth += 1
            out.append("  ")
            at += 1
        elif two == "*)" and depth > 0:
            depth -= 1
            out.append("  ")
            at += 1
        else:
            out.append(text[at] if depth == 0 or text[at] == "\n" else " ")
        at += 1
    return "".join(out)


def sentences(text):
    """The sentences of a source with the line each begins on."""
    bare = without_comments(text)
    start = 0
    for end in re.finditer(r"\.(?=\s|$)", bare):
        piece = bare[start:end.start()]
        stripped = piece.lstrip()
        yield bare.count("\n", 0, start + len(piece) - len(stripped)) + 1, stripped
        start = end.end()


def required_modules(text):
    """The modules named by `Require`, as pairs: the logical name after `From` ("" without one), the module."""
    modules = []
    for _, sentence in sentences(text):
        found = re.match(r"(?:From\s+(\S+)\s+)?Require\s+(?:Import\s+|Export\s+)?(.*)", sentence, re.S)
        if found:
            names = re.sub(r"\([^)]*\)", " ", found.group(2)).split()
            modules += [(found.group(1) or "", name) for name in names]
    return modules
