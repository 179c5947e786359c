# SPDX-License-Identifier: Apache-2.0
"""What theorems say: theorems.py ROOT < LINES, each line "FULL NAME: WHAT IT RESTS ON", as tests of assumptions print.

Prints each theorem with the first sentence of the comment above it, its file, the lines of statement and proof, and
what it rests on.
"""

import pathlib
import re
import sys


def main():
    """Prints the table."""
    sources = {}
    for file in pathlib.Path(sys.argv[1]).rglob("*.v"):
        if not any(part.startswith("bazel-") for part in file.parts):
            sources.setdefault(file.stem, []).append(file)
    for line in sys.stdin:
        name, _, rests = line.strip().partition(": ")
        module, _, theorem = name.rpartition(".")
        for file in sources.get(module.rpartition(".")[2], []):
            text = file.read_text(encoding="utf-8")
            found = re.search(r"^(?:Theorem|Lemma|Corollary) %s\b.*?\bQed\." % re.escape(theorem), text,
                              re.DOTALL | re.MULTILINE)
            if not found:
                continue
            comments = re.findall(r"\(\*\*(.*?)\*\)", text[:found.start()], re.DOTALL)
            words = " ".join(comments[-1].split()).lstrip("* ") if comments else ""
            sentence = re.split(r"(?<=[^A-Z0-9])[.](?:\s|$)", words)[0]
            lines = found.group().count("\n") + 1
            print("%s (%s, %d lines)\n    says: %s\n    rests on: %s" % (name, file.name, lines, sentence, rests))
            break
        else:
            print("%s\n    rests on: %s" % (name, rests))
    return 0


if __name__ == "__main__":
    sys.exit(main())
