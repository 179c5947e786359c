#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each package that WORKSPACE takes programs or libraries from has a row in docs/dependencies.md, whole and once: a new
machine gets it.

usage: packages_test.py WORKSPACE DEPENDENCIES.md
"""
import re
import sys


def rows(text):
    """Package, version and reason of each row."""
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines()
            if re.match(r"\| `[^`]+`", line)]


def named(workspace):
    """The packages in the values of WORKSPACE's dictionaries of programs, and those of its libraries."""
    tools = workspace[workspace.index("tools = {"):workspace.index("    },\n)")]
    found = set(re.findall(r'package = "([^"]+)"', workspace))
    for _, packages in re.findall(r'"([^"]+)": \[([^]]*)\]', tools):
        found.update(package.split(":/")[0] for package in re.findall(r'"([^"]+)"', packages))
    return found


def main(workspace, dependencies):
    """The number of packages in disorder is the answer."""
    with open(workspace, encoding="utf-8") as file:
        wanted = named(file.read())
    with open(dependencies, encoding="utf-8") as file:
        table = rows(file.read())
    listed = [re.sub(r"(?<=.)@[^@/]*$", "", row[0].strip("`")) for row in table]
    wrong = ["%s is in WORKSPACE and has no row" % package for package in sorted(wanted - set(listed))]
    wrong += ["%s has two rows" % package for package in sorted(set(listed)) if listed.count(package) > 1]
    wrong += ["%s has no version or no reason" % row[0] for row in table if len(row) != 3 or not all(row)]
    if len(wanted) < 40:
        wrong.append("only %d packages found in WORKSPACE: is it written otherwise now?" % len(wanted))
    for line in wrong:
        print("FAIL", line)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
