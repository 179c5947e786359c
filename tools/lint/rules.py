#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the house rules that no other tool knows: rules.py FILE... from the top of the repository."""

import pathlib
import re
import sys

MAX_COLUMNS = 120
MAX_LINES = 600
SOURCES = {".v", ".c", ".cc", ".h", ".S", ".lds", ".ml", ".mli", ".py", ".sh", ".bzl", ".BUILD"}
GENERATED = {".vo", ".vok", ".vos", ".glob", ".o", ".a", ".elf", ".bin", ".iso", ".pyc"}
# Written so that this file does not find itself.
LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|\b(not |un)imple" r"mented\b")
UNPROVED = re.compile(r"\b(Admit" r"ted|admit|give_up|Abort All)\b")
SWITCHED_OFF = re.compile(r"DISABL" r"ED_|GTEST_SK" r"IP")
# In a BUILD file: a test that `bazel test //...` leaves out.
NEVER_ASKED = re.compile(r"^\w+_test\((?:(?!^\)).)*\"manual\"", re.S | re.M)
MACHINE_PATH = re.compile(r"(^|[^a-zA-Z.])/(wo" r"rk|t" r"mp|ro" r"ot|ho" r"me)/")
# Folders whose files are described by the README above them.
NO_README = re.compile(r"(^|/)(include|testdata|\.ci|\.github)(/|$)|^tools/bazel/shims/")


def comment_free(path, text):
    """A Coq source may speak of these words in comments and strings."""
    if path.suffix != ".v":
        return text
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bazel" / "coq"))
    import coq_source  # pylint: disable=import-outside-toplevel
    return coq_source.without_comments(text)


def problems_in(path):
    """The problems of one file, as (line, what)."""
    if path.suffix in GENERATED:
        yield 1, "looks generated: generate it in the build"
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    is_source = path.suffix in SOURCES or path.name in ("BUILD", "WORKSPACE") or text.startswith("#!")
    is_script = path.suffix in (".sh", ".py") or text.startswith("#!")
    if is_source:
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
            yield 1, "has no line SPDX-License-Identifier: Apache-2.0 at its top"
        if len(lines) > MAX_LINES:
            yield len(lines), f"has {len(lines)} lines; {MAX_LINES} are the most: two ideas in one file?"
    for number, line in enumerate(lines, 1):
        if is_source and len(line) > MAX_COLUMNS:
            yield number, f"has {len(line)} columns; {MAX_COLUMNS} are the most"
        if is_source and line != line.rstrip():
            yield number, "ends in spaces"
        if is_source and LEFTOVER.search(line):
            yield number, "leftover: " + LEFTOVER.search(line).group(0)
        if SWITCHED_OFF.search(line) and path.suffix != ".md":
            yield number, "a test that never runs: " + SWITCHED_OFF.search(line).group(0)
        if is_source and not is_script and MACHINE_PATH.search(line):
            yield number, "a path of one machine: " + MACHINE_PATH.search(line).group(0).strip()
    if path.name == "BUILD":
        for found in NEVER_ASKED.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, "a test that never runs: it has the tag manual"
    if path.suffix == ".v":
        for number, line in enumerate(comment_free(path, text).splitlines(), 1):
            if UNPROVED.search(line):
                yield number, "unproved: " + UNPROVED.search(line).group(0)


def folders_without_readme(files):
    """Folders that hold files, with no README.md of their own and no word about them in the one above."""
    readmes = {path.parent: path.read_text(encoding="utf-8") for path in files if path.name == "README.md"}
    for folder in sorted({path.parent for path in files} - set(readmes)):
        if not NO_README.search(str(folder)) and f"{folder.name}/" not in readmes.get(folder.parent, ""):
            yield folder


def forgotten_proofs(files):
    """Coq files that no target of their folder names: nobody would check them."""
    for path in files:
        build = path.parent / "BUILD"
        if path.suffix == ".v" and (not build.exists() or f'"{path.name}"' not in build.read_text(encoding="utf-8")):
            yield path


def main():
    files = [pathlib.Path(name) for name in sys.argv[1:]]
    found = [f"{path}:{number}: {what}" for path in files for number, what in problems_in(path)]
    found += [f"{folder}: has no README.md, and the one above does not name {folder.name}/"
              for folder in folders_without_readme(files)]
    found += [f"{path}: no target of {path.parent}/BUILD checks it" for path in forgotten_proofs(files)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
