#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes CAVEATS.md: everything that is trusted, with lines and reason, from trusted.txt, caveats.md, the assumptions of
the shims' proofs (verification/shims/assumed.txt) and the sources.

usage: caveats.py [--check]     at the top of the repository; --check compares with the CAVEATS.md that is there
"""
import fnmatch
import re
import subprocess
import sys
from pathlib import Path

TABLE = "verification/audit/trusted.txt"
PROSE = "verification/audit/caveats.md"
ASSUMED = "verification/shims/assumed.txt"
OUTPUT = "CAVEATS.md"
# Each source below must have a row, but for tests, what is proved, and what no production kernel has (kernel_image.py
# looks for it).
FOLDERS = ["pipcore/arch/", "pipcore/kernel/", "pipcore/mal/", "pipcore/model/", "pipcore/boot-check/",
           "scheduler-edf/partition/"]
SOURCES = (".S", ".s", ".asm", ".inc", ".def", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".ld", ".lds", ".ml",
           ".v")
NOT_TRUSTED = re.compile(r"(^|/)test/|_test\.|^pipcore/arch/(host|test)/|^pipcore/kernel/around/"
                         r"|^pipcore/boot-check/Check\.v$"
                         r"|^verification/translation/sample/")
HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Made by ./pip caveats from {table} and {prose}: change those. -->
# What is trusted

README.md says what is proved and what is tested. This page lists what must be right although nothing proves it: an
error there may break isolation without a theorem becoming false. Lines are lines of code, without comments, to the
nearest ten; of Coq, definitions and the statements of theorems, for Coq checks lemmas and proofs; of C with contracts,
contracts, types and constants, for Frama-C proves the code.
"""
ARCHITECTURES = ["x86", "ARMv7"]
CONTRACTS = ("pipcore/mal/", "pipcore/boot-check/")


def files():
    """Every file that git knows or would add."""
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], check=True,
                             capture_output=True, text=True).stdout
    return sorted(name for name in set(listing.splitlines()) if Path(name).is_file())


def without_comments(name, text):
    """A source without its comments, which nest in Coq and OCaml, and without what is proved."""
    if name.endswith(".h") and name.startswith(CONTRACTS) and "/*@" in text:
        # Contracts and declarations: the code of functions goes, their contracts are no comments.
        text = re.sub(r"^static inline [^{;]*\{.*?(?:\}$|^\})", "", text, flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"/\*@(.*?)\*/", r"\1", text, flags=re.DOTALL)
    if not name.endswith((".v", ".ml")):
        return re.sub(r"//[^\n]*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    kept, depth = [], 0
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)" and depth > 0:
            depth -= 1
        elif depth == 0:
            kept.append(part)
    text = "".join(kept)
    if name.endswith(".v"):
        text = re.sub(r"^\s*(?:Lemma|Corollary|Remark|Fact|Let)\b.*?\b(?:Qed|Defined)\.", "", text,
                      flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"\bProof\b.*?\bQed\.", "", text, flags=re.DOTALL)
    return text


def lines_of_code(names):
    """Lines that are neither empty nor comments."""
    return sum(1 for name in names
               for line in without_comments(name, Path(name).read_text(encoding="utf-8")).splitlines() if line.strip())


def rounded(lines):
    """A number that small changes leave alone."""
    return "< 10" if lines < 10 else str(round(lines, -1))


def matches(pattern, name):
    """Whether a file belongs to a row: ** any path, * any name in the folder."""
    if pattern.endswith("/**"):
        return name.startswith(pattern[:-2])
    return name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)


def read_table(sources):
    """The sections with their rows (pattern, files, reason), and what is wrong with the table."""
    sections, faults, left, counts = [], [], set(sources), True
    for line in Path(TABLE).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            sections.append((line.strip("[]"), []))
            counts = True
        elif line.startswith("if "):
            counts = Path(line[3:].strip()).is_dir()
        elif line and counts and not line.startswith("#"):
            pattern, _, reason = line.partition(" ")
            mine = sorted(name for name in left if matches(pattern, name))
            left -= set(mine)
            if not mine:
                faults.append("%s: no trusted source is called %s" % (TABLE, pattern))
            if not reason.strip():
                faults.append("%s: %s has no reason" % (TABLE, pattern))
            if mine:
                sections[-1][1].append((pattern, mine, reason.strip()))
    for name in sorted(left):
        if any(name.startswith(folder) for folder in FOLDERS):
            faults.append("%s is trusted: give it a row in %s, with the reason" % (name, TABLE))
    return sections, faults


def assumptions():
    """The table of what the proofs of the shims take for true."""
    text = ["", "What these proofs take for true of functions that are instructions, and no more (a test):", "",
            "| function | why its contract is believed |", "|---|---|"]
    for line in Path(ASSUMED).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            text.append("| `%s` | %s |" % (name, reason.strip()))
    return text


def page(sections):
    """The text of CAVEATS.md."""
    total, parts = 0, dict.fromkeys(ARCHITECTURES, 0)
    text = [HEAD.format(table=TABLE, prose=PROSE)]
    for title, rows in sections:
        if not rows:
            continue
        lines = lines_of_code([name for _, names, _ in rows for name in names])
        total += lines
        owners = [a for a in ARCHITECTURES if title.endswith(" on " + a)] or ARCHITECTURES
        for architecture in owners if "scheduler" not in title else []:
            parts[architecture] += lines
        text += ["", "## " + title, "", "| what | lines | why it must be right |", "|---|---:|---|"]
        for pattern, names, reason in rows:
            what = "`%s`" % names[0] if len(names) == 1 else "`%s` (%d files)" % (pattern, len(names))
            text.append("| %s | %s | %s |" % (what, rounded(lines_of_code(names)), reason))
        text.append("| together | %s | |" % rounded(lines))
        if "contracts" in title:
            text += assumptions()
    prose = Path(PROSE).read_text(encoding="utf-8").rstrip()
    together = ", ".join("%s: %s lines" % (name, rounded(lines)) for name, lines in parts.items())
    text += ["", "For isolation on %s. All of this together: %s lines." % (together, rounded(total)), "", prose]
    return "\n".join(text).replace("\n\n\n", "\n\n") + "\n"


def main(arguments):
    """Writes or checks the page."""
    if arguments not in ([], ["--check"]):
        sys.exit("usage: caveats.py [--check]")
    sources = [name for name in files() if name.endswith(SOURCES) and not NOT_TRUSTED.search(name)]
    sections, faults = read_table(sources)
    if faults:
        sys.exit("\n".join(faults))
    text = page(sections)
    if not arguments:
        Path(OUTPUT).write_text(text, encoding="utf-8")
        print("%s is up to date" % OUTPUT)
    elif not Path(OUTPUT).is_file() or Path(OUTPUT).read_text(encoding="utf-8") != text:
        sys.exit("%s is out of date: run ./pip caveats, and look at what has changed" % OUTPUT)
    else:
        print("PASS %s says what is trusted" % OUTPUT)


if __name__ == "__main__":
    main(sys.argv[1:])
