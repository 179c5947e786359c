# SPDX-License-Identifier: Apache-2.0
"""What a file of Gallina defines, as the documentation site shows it, and the page that it has there."""

import re

DEFINITION = re.compile(r"^[ \t]*(Definition|Fixpoint|Inductive|Variant|Record|Class|Theorem|Lemma)\s+([\w']+)", re.M)
HAVE_MEMBERS = ("Inductive", "Variant", "Record", "Class")
KINDS = {"Theorem": "theorem", "Lemma": "lemma"}

# The folders that are shown: how the names of their pages begin, and what stands behind the title.
FOLDERS = {
    "pipcore/model": ("", ""),
    "pipcore/services": ("", ""),
    "verification/isolation": ("isolation-", ": proved"),
    "scheduler-edf/model": ("scheduler-model-", ", in the scheduler's theory"),
    "scheduler-edf/services": ("scheduler-", ", in the scheduler"),
    "verification/schedule": ("schedule-", ", of the scheduler's proof"),
}


def page_of(file, root):
    """The name of a file's page and its title: files in different folders have one name."""
    prefix, suffix = FOLDERS[file.relative_to(root).parent.as_posix()]
    return prefix + file.stem, file.stem + suffix


def without_comments(text):
    """The text with its comments overwritten by blanks."""
    code, depth = list(text), 0
    for at, char in enumerate(text):
        if text.startswith("(*", at):
            depth += 1
        if depth and char != "\n":
            code[at] = " "
        # The bracket that ends a comment is its last character.
        if depth and char == ")" and text[at - 1] == "*" and text[at - 2:at] != "(*":
            depth -= 1
    return "".join(code)


def members(command, statement):
    """The constructors or fields in the text of a definition, with their kinds."""
    body = statement.partition(":=")[2]
    if command in ("Record", "Class"):
        maker = re.match(r"\s*([\w']+)\s*\{", body)
        fields = re.findall(r"[{;]\s*([\w']+)\s*(?:\([^;]*?\)\s*)?:", body)
        return [("constructor", name) for name in (maker.groups() if maker else ())] + [
            ("field", name) for name in fields]
    return [("constructor", name) for name in re.findall(r"(?:^|\|)\s*([\w']+)", body)]


def definitions(text):
    """Kind, name and place of each thing that a file defines, and the members right behind what has them."""
    code = without_comments(text)
    for found in DEFINITION.finditer(code):
        command, name = found.groups()
        yield KINDS.get(command, "definition"), name, found.start(2)
        if command in HAVE_MEMBERS:
            end = re.compile(r"\.\s*\n(?=\s*\n|\s*[A-Z]|\Z)|\.\s*\Z").search(code, found.end())
            for kind, member in members(command, code[found.end():end.start() if end else len(code)]):
                yield kind, member, found.start(2)
