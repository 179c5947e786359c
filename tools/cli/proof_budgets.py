# SPDX-License-Identifier: Apache-2.0
"""Compiles the isolation proofs from nothing, checks them with coqchk, and compares them with their budgets.

usage: proof_budgets.py ROOT, the root of the repository.  Prints each file with its lines, CPU seconds and memory, then
the totals beside the budgets, with MISSED where one is missed.  Ends with 0 only if all files compile and coqchk
accepts them.
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


def main():
    """Compiles, checks, and judges."""
    root = pathlib.Path(sys.argv[1])
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
        totals = {folder: [0, 0] for folder in FOLDERS}
        seconds, memory, slowest, longest, proof = 0.0, 0.0, 0.0, 0, 0
        print("%-42s %6s %8s %8s" % ("file", "lines", "CPU s", "MB"))
        for source in order:
            source = source.removeprefix("./")
            status, cpu, used = measured(["coqc", "-q", "-noglob", *options, source], work)
            if status != 0:
                sys.exit("%s does not compile" % source)
            text = (work / source).read_text(encoding="utf-8")
            lines = text.count("\n")
            print("%-42s %6d %8.1f %8.0f" % (source, lines, cpu, used))
            folder = source.rpartition("/")[0]
            totals[folder][0] += code_lines(text)
            if folder == "verification/isolation":
                seconds, memory, slowest = seconds + cpu, max(memory, used), max(slowest, cpu)
                longest, proof = max(longest, lines), max(proof, longest_proof(text))
        gallina = totals["pipcore/model"][0] + totals["pipcore/services"][0]
        ratio = totals["verification/isolation"][0] / gallina
        status, check_cpu, check_memory = measured(["coqchk", "-silent", *options, *HEADLINES], work)
    print("coqchk: %s, %.0f s, %.0f MB" % ("accepts" if status == 0 else "REFUSES", check_cpu, check_memory))
    for name, value, limit, unit in [
            ("isolation proofs from nothing", seconds, CPU_SECONDS, "CPU s"), ("memory", memory, MEGABYTES, "MB"),
            ("lines per line of Gallina (model and services; no comments)", ratio, LINES_PER_LINE, ""),
            ("longest file", longest, FILE_LINES, "lines"), ("slowest file", slowest, FILE_SECONDS, "CPU s"),
            ("longest proof", proof, PROOF_LINES, "lines")]:
        print("%s: %.1f of %g %s%s" % (name, value, limit, unit, "" if value <= limit else " MISSED"))
    return 0 if status == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
