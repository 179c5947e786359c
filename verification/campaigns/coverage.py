#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts which lines of the generated C and of the shims the host's tests reach.

usage: coverage.py --compiler CLANG --profdata LLVM_PROFDATA --cov LLVM_COV --suite PROGRAM --services services.c
                   --uncovered FILE HEADER...

The suite runs with a library of services that counts.  Prints the share of lines reached in each file, and fails when
it is less than 95 % in all, when a line is not reached that the file of uncovered lines does not explain, or when that
file explains a line that is reached or is no more.  Lines are known by file, function and text, not by number; a
closing brace goes with the line before.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import faults
import suite

REACHED_AT_LEAST = 0.95


def measure(options, directory):
    """The report of llvm-cov, as lcov's text."""
    place = pathlib.Path(directory)
    library = place / suite.library_of(options.suite)
    includes = suite.includes([options.services] + options.header)
    subprocess.run([options.compiler, "-std=c11", "-O0", "-w", "-fPIC", "-shared", "-fprofile-instr-generate",
                    "-fcoverage-mapping"] + includes + [os.path.abspath(options.services), "-o", library], check=True)
    environment = suite.environment(place)
    environment["LLVM_PROFILE_FILE"] = str(place / "%p.profraw")
    if subprocess.run([os.path.abspath(options.suite), "--gtest_brief=1"], check=False, env=environment,
                      stdin=subprocess.DEVNULL).returncode != 0:
        sys.exit("coverage: the suite fails")
    raw = sorted(place.glob("*.profraw"))
    if not raw:
        sys.exit("coverage: nothing was counted: the suite does not use the library it is given")
    subprocess.run([options.profdata, "merge", "-o", place / "counts"] + raw, check=True)
    return subprocess.run([options.cov, "export", "-format=lcov", "-instr-profile", place / "counts", library],
                          check=True, capture_output=True, text=True).stdout


def lines_of(path, numbers):
    """The lines with these numbers: function and text, a number behind the second of the same text."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    code = faults.blank_comments(text)
    functions = [(text.count("\n", 0, found.start()) + 1, found.group(1))
                 for found in faults.FUNCTION.finditer(code)]
    seen = collections.Counter()
    names = {}
    for number, line in enumerate(text.splitlines(), 1):
        function = ([""] + [name for first, name in functions if first <= number])[-1]
        key = f"{pathlib.Path(path).name} {function}: {' '.join(line.split())}"
        seen[key] += 1
        names[number] = key if seen[key] == 1 else f"{key} ({seen[key]})"
    return {number: names[number] for number in numbers}


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("compiler", "profdata", "cov", "suite", "services", "uncovered"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("header", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        report = measure(options, directory)

    known = suite.listed(options.uncovered)
    missing = set()
    lines = reached = 0
    for record in report.split("end_of_record"):
        path = next((line[3:] for line in record.splitlines() if line.startswith("SF:")), None)
        if path is None:
            continue
        counts = {}
        for line in record.splitlines():
            if line.startswith("DA:"):
                number, count = line[3:].split(",")[:2]
                counts[int(number)] = int(count)
        names = lines_of(path, [number for number, count in counts.items() if count == 0])
        missing.update(name for name in names.values() if not re.search(r": [{}]*( \(\d+\))?$", name))
        lines += len(counts)
        reached += len(counts) - len(names)
        print(f"{pathlib.Path(path).name}: {len(counts) - len(names)} of {len(counts)} lines")
    complaints = ["not reached, and nobody says why: " + name for name in sorted(missing - known)]
    complaints += ["is reached, or no more: " + name for name in sorted(known - missing)]
    if reached < REACHED_AT_LEAST * lines:
        complaints.append("too few lines are reached")
    print("\n".join(["not reached: " + name for name in sorted(missing & known)] + complaints))
    print(f"{reached} of {lines} lines reached ({100 * reached / lines:.1f} %)")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
