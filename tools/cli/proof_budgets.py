#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the isolation proofs from nothing, checks them with coqchk, and compares them with their budgets.

usage: proof_budgets.py [--count] ROOT, the root of the repository.  Prints each file with its lines, CPU seconds and
memory, then the totals beside the budgets, with MISSED where one is missed.  Ends with 0 only if all files compile,
coqchk accepts them and no budget is missed.  With --count nothing is compiled: only lines are counted.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FOLDERS = {"pipcore/model": "Pip.Model", "pipcore/services": "Pip.Services", "verification/isolation": "Pip.Isolation"}
HEADLINES = ["Pip.Isolation.Theorems", "Pip.Isolation.X86", "Pip.Isolation.Boot"]
# Name, unit, limit: the budgets of the isolation proofs.
CPU_SECONDS, MEGABYTES, LINES_PER_LINE, FILE_LINES, FILE_SECONDS, PROOF_LINES = 240, 2048, 5.0, 600, 30, 40


def code_lines(text):
    """How many lines hold something else than comments and blanks."""
    text = re.sub(r"\(\*.*?\*\)", lambda match: "\n" * match.group().count("\n"), text, flags=re.DOTALL)
    return sum(1 for line in text.splitlines() if line.strip())


def longest_proof(text):
    """How many lines the longest proof has."""
    proofs = re.findall(r"^Proof\.(.*?)\bQed\.", text, flags=re.DOTALL | re.MULTILINE)
    return max((proof.strip("\n").count("\n") + 1 for proof in proofs), default=0)


def measured(command, directory):
    """Runs a command; its exit status, CPU seconds and megabytes."""
    process = subprocess.Popen(command, cwd=directory)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def judge(results):
    """Prints each result beside its budget; whether all are kept."""
    for name, value, limit, unit in results:
        print("%s: %.2f of %g %s%s" % (name, value, limit, unit, "" if value <= limit else " MISSED"))
    return all(value <= limit for _, value, limit, _ in results)


def line_results(root):
    """The budgets that need no compiler."""
    texts = {folder: [file.read_text(encoding="utf-8") for file in sorted((root / folder).glob("*.v"))]
             for folder in FOLDERS}
    if not all(texts.values()):
        sys.exit("%s lacks a folder of %s" % (root, ", ".join(FOLDERS)))
    lines = {folder: sum(map(code_lines, texts[folder])) for folder in FOLDERS}
    proofs = texts["verification/isolation"]
    return [
        ("lines per line of Gallina (model and services; no comments)",
         lines["verification/isolation"] / (lines["pipcore/model"] + lines["pipcore/services"]), LINES_PER_LINE, ""),
        ("longest file", max(text.count("\n") for text in proofs), FILE_LINES, "lines"),
        ("longest proof", max(map(longest_proof, proofs)), PROOF_LINES, "lines")]


def main():
    """Compiles, checks, and judges."""
    count_only = sys.argv[1] == "--count"
    root = pathlib.Path(sys.argv[-1])
    if count_only:
        return 0 if judge(line_results(root)) else 1
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        options, sources = [], []
        for folder, logical in FOLDERS.items():
            (work / folder).mkdir(parents=True)
            options += ["-Q", folder, logical]
            for file in sorted((root / folder).glob("*.v")):
                shutil.copy(file, work / folder)
                sources.append("%s/%s" % (folder, file.name))
        order = subprocess.run(["coqdep", "-sort", *options, *sources], cwd=work, check=True, capture_output=True,
                               text=True).stdout.split()
        seconds, memory, slowest = 0.0, 0.0, 0.0
        print("%-42s %6s %8s %8s" % ("file", "lines", "CPU s", "MB"))
        for source in order:
            source = source.removeprefix("./")
            status, cpu, used = measured(["coqc", "-q", "-noglob", *options, source], work)
            if status != 0:
                sys.exit("%s does not compile" % source)
            lines = (work / source).read_text(encoding="utf-8").count("\n")
            print("%-42s %6d %8.1f %8.0f" % (source, lines, cpu, used))
            if source.startswith("verification/isolation/"):
                seconds, memory, slowest = seconds + cpu, max(memory, used), max(slowest, cpu)
        status, check_cpu, check_memory = measured(["coqchk", "-silent", *options, *HEADLINES], work)
    print("coqchk: %s, %.0f s, %.0f MB" % ("accepts" if status == 0 else "REFUSES", check_cpu, check_memory))
    kept = judge([("isolation proofs from nothing", seconds, CPU_SECONDS, "CPU s"),
                  ("memory", memory, MEGABYTES, "MB"), ("slowest file", slowest, FILE_SECONDS, "CPU s"),
                  *line_results(root)])
    return 0 if status == 0 and kept else 1


if __name__ == "__main__":
    sys.exit(main())
