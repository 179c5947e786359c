#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Spells the comments that the site shows: comment_spelling.py ROOT FILE... reads C, C++ and Gallina.

A word is right if British English or words.txt has it, or if it is a name in the code of these files. Pieces between
brackets (Gallina's code in comments), URLs, and words with a digit, an underscore or a capital inside are names too.
"""
import pathlib
import re
import sys

import enchant

C_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9']*")
NO_PROSE = re.compile(r"\[[^\]]*\]|https?://\S+|`[^`]*`|<[^>\s]*>|SPDX-License-Identifier: .*")
WORD = re.compile(r"(?<![\w./-])[A-Za-z]+(?:'[a-z]+)?(?![\w(/]|\.[a-z])")


def gallina_comments(text):
    """The spans of a Gallina file's comments, nested ones within their outermost."""
    depth, start = 0, 0
    for mark in re.finditer(r"\(\*|\*\)", text):
        if mark.group() == "(*":
            if depth == 0:
                start = mark.start()
            depth += 1
        elif depth > 0:
            depth -= 1
            if depth == 0:
                yield start, mark.end()


def c_comments(text):
    for match in C_COMMENT.finditer(text):
        if match.group()[0] == "/":
            yield match.span()


def blank(text, spans):
    """The text with spans overwritten by blanks, lines kept."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def parts(path):
    """A file's code and its prose, each with the other blanked."""
    text = path.read_text(encoding="utf-8")
    comments = list((gallina_comments if path.suffix == ".v" else c_comments)(text))
    edges = [0] + [edge for span in comments for edge in span] + [len(text)]
    prose = blank(text, list(zip(edges[::2], edges[1::2])))
    prose = blank(prose, [match.span() for match in NO_PROSE.finditer(prose)])
    return blank(text, comments), prose


def main(root, names):
    root = pathlib.Path(root)
    known = set((root / "docs/site/words.txt").read_text(encoding="utf-8").lower().split())
    files = [(pathlib.Path(name), *parts(pathlib.Path(name))) for name in names]
    for _, code, _ in files:
        known.update(name.lower() for name in NAME.findall(code))
    english = enchant.Dict("en_GB")
    wrong = 0
    for path, _, prose in files:
        for number, line in enumerate(prose.splitlines(), 1):
            for match in WORD.finditer(line):
                word = match.group()
                if re.search(r"[a-z][A-Z]", word) or word.lower() in known or english.check(word):
                    continue
                if word.lower().endswith("'s") and word.lower()[:-2] in known:
                    continue
                wrong += 1
                hints = ", ".join(english.suggest(word)[:3])
                print(f"{path.relative_to(root)}:{number}: {word} is no word: {hints}?", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
