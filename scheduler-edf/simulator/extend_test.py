#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""extend_test.py: docs/extend-the-scheduler.md quotes files as they are, and its example prints what it says."""

import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path("docs/extend-the-scheduler.md")
# A comment that says where a block comes from, and the block.
QUOTATION = re.compile(r"<!-- (in|prints) (\S+) -->\n```\w*\n(.*?)```", re.S)
EXPECTED = 7


def in_order(wanted, lines):
    """All of `wanted` are among the lines, in this order."""
    rest = iter(lines)
    return all(line in rest for line in wanted)


def main():
    failures = 0
    quotations = QUOTATION.findall(PAGE.read_text(encoding="utf-8"))
    for how, path, block in quotations:
        if how == "in":
            right = block in pathlib.Path(path).read_text(encoding="utf-8")
        else:
            command = ["scheduler-edf/simulator/simulator", path]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            right = run.returncode == 0 and in_order(block.splitlines(), run.stdout.splitlines())
        if not right:
            failures += 1
            print(f"FAIL {path} does not say or print:\n{block}", file=sys.stderr)
    if len(quotations) != EXPECTED:
        failures += 1
        print(f"FAIL the page has {len(quotations)} quotations, not {EXPECTED}", file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
