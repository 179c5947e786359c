# SPDX-License-Identifier: Apache-2.0
"""Doxygen's input filter: house_comments.py FILE prints a header with its plain comments as Doxygen's.

A comment that stands alone above a name is that name's, one behind a name as well; one above several lines that follow
one another, each a declaration or a macro, is that of each.
"""

import re
import sys

ONE_LINE = re.compile(r"(#define \w+(\([\w, ]*\))? .*[^\\]|#define \w+|[\w*].*;)$")
BEHIND = [(re.compile(r"([;,] +)/\* "), r"\1/**< "), (re.compile(r"^(#define .* +)/\* "), r"\1/**< "),
          (re.compile(r"^( +[A-Z_]+ += \w+ +)/\* "), r"\1/**< "), (re.compile(r"([;,] +)// "), r"\1///< ")]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.read().split("\n")
    shared = None  # the comment that the next line shares, and whether its first line has come
    for number, line in enumerate(lines):
        behind = line
        for pattern, form in BEHIND:
            behind = pattern.sub(form, behind)
        comment = re.match(r"(?:/\*|//) (.*?)(?:\s*\*/)?$", line)
        if number == 0:
            line = "/** @file */ " + line
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
