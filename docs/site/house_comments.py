# SPDX-License-Identifier: Apache-2.0
"""Doxygen's input filter: house_comments.py FILE prints a header with its plain comments as Doxygen's.

A comment that stands alone above a name is that name's, one behind a name as well; one above several lines that follow
one another, each a declaration or a macro, is that of each, and one above macros that have their own is nobody's.
A contract of ACSL is shown as it is.
"""

import re
import sys

ONE_LINE = re.compile(r"(#define \w+(\([\w, ]*\))? .*[^\\]|#define \w+|[\w*].*;( \})?)$")
BEHIND = [(re.compile(r"([;,] +)/\* "), r"\1/**< "), (re.compile(r"^(#define .* +)/\* "), r"\1/**< "),
          (re.compile(r"^( +[A-Z_]+ += \w+ +)/\* "), r"\1/**< "), (re.compile(r"([;,] +)// "), r"\1///< ")]


def behind_name(line):
    """The line with the comment behind its name as Doxygen's."""
    for pattern, form in BEHIND:
        line = pattern.sub(form, line)
    return line


def contracts(text):
    """The text with each contract as a comment on what follows it; predicates belong to nothing."""
    return re.sub(r"^/\*@ ((?:requires|assigns|ensures|terminates|behavior)\b.*?)\*/",
                  lambda found: f"/** @verbatim\n{found[1].rstrip()}\n@endverbatim */", text, flags=re.M | re.S)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = contracts(file.read()).split("\n")
    shared = None  # the comment that the next line shares, and whether its first line has come
    guard = next((number for number, line in enumerate(lines) if line.startswith("#")), 0)
    for number, line in enumerate(lines):
        behind = behind_name(line)
        comment = re.match(r"(?:/\*|//) (.*?)(?:\s*\*/)?$", line)
        if number == 0:
            line = "/** @file */ " + line
        elif number < guard:
            pass  # what the file is: reference.py has it
        elif comment and re.match(r"#define .*/\*", lines[number + 1]):
            shared = None
        elif comment and "SPDX" not in line:
            shared = [comment.group(1)] if line.startswith("/*") and line.endswith("*/") else None
            line = re.sub(r"^//", "///", re.sub(r"^/\*", "/**", line))
        elif re.match(r" +(/\*|//) ", line):
            line = re.sub(r"^( +)//", r"\1///", re.sub(r"^( +)/\*", r"\1/**", line))
        elif shared and ONE_LINE.match(line):
            line = behind if len(shared) == 1 or behind != line else f"/** {shared[0]} */ {line}"
            shared.append(None)
        else:
            shared, line = None, behind
        print(line)


if __name__ == "__main__":
    main()
