#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What commands.py must not let pass: commands without a test, tests without a command, commands that fail."""

import pathlib
import subprocess
import sys
import tempfile

ROWS = ["| `./pip run a` | each time | `^good$` |", "| `./pip run NAME` | like `./pip run a` | |"]
PAGE = "Say `./pip run NAME`:\n\n```sh\n./pip run a  # a comment\n```\n"
PIP = "#!/bin/sh\n[ \"$2\" = a ] && [ -f docs/late ] && [ -d .git ] && echo good\n"


def verdict(word, rows, page, pip=PIP):
    """Exit status and output of commands.py on a small repository."""
    with tempfile.TemporaryDirectory() as work:
        root = pathlib.Path(work)
        (root / "docs/site").mkdir(parents=True)
        (root / "docs/commands.md").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (root / "README.md").write_text(page, encoding="utf-8")
        (root / "pip").write_text(pip, encoding="utf-8")
        (root / "pip").chmod(0o755)
        for command in (["init"], ["add", "docs", "README.md"],
                        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-m", "all"]):
            subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
        # Git has one of these files, not yet committed, and not the other.
        (root / "docs/late").write_text("late\n", encoding="utf-8")
        (root / "docs/left-over").write_text("left-over\n", encoding="utf-8")
        (root / ".git/info/exclude").write_text("left-over\n", encoding="utf-8")
        done = subprocess.run([sys.executable, "docs/commands.py", word, work], capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr


RUN_B = "| `./pip run b` | each time | `^good$` |"
FORM = "| `./pip run NAME` | each time | `x` |"
BY_NIGHT = [ROWS[0].replace("each time", "by night"), ROWS[1]]
CHECKS = [
    ("a command without a row", ROWS, PAGE + "```sh\n./pip run b\n```\n", "does not say how"),
    ("a mention without a row", ROWS, PAGE + "Or `./pip\nrun b`.\n", "does not say how"),
    ("a row that no page has", [*ROWS, RUN_B], PAGE, "no page says this"),
    ("a form to copy", ROWS, PAGE + "```sh\n./pip run NAME\n```\n", "nobody runs"),
    ("a form that is run", [FORM, ROWS[0]], PAGE, "is a form"),
    ("a form of nothing", [ROWS[0], ROWS[1].replace("run a", "run b")], PAGE, "nothing tests"),
    ("an excuse", [*ROWS, "| `./pip run b` | never | |"], PAGE + "`./pip run b`", "tested never?"),
    ("a test that is none", [*ROWS, "| `./pip run b` | as `//no/where:t` | |"], PAGE + "`./pip run b`", "no package"),
]
RUNS = [
    ("a command that fails", BY_NIGHT, "#!/bin/sh\necho good; exit 1\n", "FAIL"),
    ("a command that says less", BY_NIGHT, "#!/bin/sh\necho bad\n", "FAIL"),
    ("a command that needs what git does not have", BY_NIGHT, "#!/bin/sh\ncat docs/left-over && echo good\n", "FAIL"),
    ("no command at all", ROWS, PIP, "0 commands"),
]


def main():
    cases = [(name, "check", rows, page, PIP, says) for name, rows, page, says in CHECKS]
    cases += [(name, "night", rows, PAGE, pip, says) for name, rows, pip, says in RUNS]
    failures = 0
    for name, word, rows, page, pip, says in cases:
        status, output = verdict(word, rows, page, pip)
        if status == 0 or says not in output:
            failures += 1
            print(f"FAIL {name}: status {status}, {output}", file=sys.stderr)
    for word, rows in (("check", ROWS), ("night", BY_NIGHT)):
        status, output = verdict(word, rows, PAGE)
        if status != 0:
            failures += 1
            print(f"FAIL {word} of what is right: {output}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
