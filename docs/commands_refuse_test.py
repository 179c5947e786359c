#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What commands.py must not let pass: commands without a test, tests without a command, commands that fail."""

import pathlib
import subprocess
import sys
import tempfile

ROWS = ["| `./pip run a` | each time | `^good$` |", "| `./pip run NAME` | like `./pip run a` | |"]
PAGE = "Say `./pip run NAME`:\n\n```sh\n./pip run a  # a comment\n```\n"
PIP = "#!/bin/sh\n[ \"$2\" = a ] && echo good\n"


def verdict(word, rows, page, pip=PIP):
    """Exit status and output of commands.py on a small repository."""
    with tempfile.TemporaryDirectory() as work:
        root = pathlib.Path(work)
        (root / "docs/site").mkdir(parents=True)
        (root / "docs/commands.md").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (root / "README.md").write_text(page, encoding="utf-8")
        (root / "pip").write_text(pip, encoding="utf-8")
        (root / "pip").chmod(0o755)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        done = subprocess.run([sys.executable, "docs/commands.py", word, work], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def main():
    failures = 0
    run_b = "| `./pip run b` | each time | `^good$` |"
    for name, word, rows, page, pip, says in (
            ("a command without a row", "check", ROWS, PAGE + "```sh\n./pip run b\n```\n", PIP, "does not say how"),
            ("a mention without a row", "check", ROWS, PAGE + "Or `./pip\nrun b`.\n", PIP, "does not say how"),
            ("a row that no page has", "check", [*ROWS, run_b], PAGE, PIP, "no page says this"),
            ("a form to copy", "check", ROWS, PAGE + "```sh\n./pip run NAME\n```\n", PIP, "nobody runs"),
            ("a form that is run", "check", ["| `./pip run NAME` | each time | `x` |", ROWS[0]], PAGE, PIP, "is a form"),
            ("a form of nothing", "check", [ROWS[0], "| `./pip run NAME` | like `./pip run b` | |"], PAGE, PIP, "nothing tests"),
            ("an excuse", "check", [*ROWS, "| `./pip run b` | never | |"], PAGE + "`./pip run b`", PIP, "tested never?"),
            ("a test that is none", "check", [*ROWS, "| `./pip run b` | as `//no/where:test` | |"], PAGE + "`./pip run b`",
             PIP, "no package"),
            ("a command that fails", "night", [ROWS[0].replace("each time", "by night")], PAGE, "#!/bin/sh\necho good; exit 1\n",
             "FAIL"),
            ("a command that says less", "night", [ROWS[0].replace("each time", "by night")], PAGE, "#!/bin/sh\necho bad\n",
             "FAIL"),
            ("no command at all", "night", ROWS, PAGE, PIP, "0 commands")):
        status, output = verdict(word, rows, page, pip)
        if status == 0 or says not in output:
            failures += 1
            print(f"FAIL {name}: status {status}, {output}", file=sys.stderr)
    for word, rows in (("check", ROWS), ("night", [ROWS[0].replace("each time", "by night")])):
        status, output = verdict(word, rows, PAGE)
        if status != 0:
            failures += 1
            print(f"FAIL {word} of what is right: {output}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
