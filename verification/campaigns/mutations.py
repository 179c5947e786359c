#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts faults into the generated C and into the shims, one at a time, and reports which ones no test notices.

usage: mutations.py [--sample N --seed N] [--jobs N] [--report FILE]
                    --compiler CC --suite PROGRAM --services services.c --survivors FILE HEADER...

The suite is run with a library of services that has the fault, in place of its own.  A fault is noticed when the suite
fails, or uses more processor time than any sound run.  A fault that leaves the machine code as it is (-O2) is none.
Those that nobody notices must be exactly the ones that the file of survivors explains (a sample does not look for
explanations that have become superfluous), and of those without an explanation at least 95 % must be noticed.
"""

import argparse
import concurrent.futures
import filecmp
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

import faults
import suite

NOTICED_AT_LEAST = 0.95
# Parts of the suite, those that find most for their time first.
STAGES = [
    "-*.TheFirstOfTwo*:Corpus*:FullListTest*:TableTest.*:NestingTest*",
    "Corpus*:FullListTest*",
    "*.TheFirstOfTwo*:TableTest.*:NestingTest*",
]


class Laboratory:
    """Compiles services and runs the suite with them."""

    def __init__(self, options, directory):
        self.compiler = os.path.abspath(options.compiler)
        self.suite = options.suite
        self.services = pathlib.Path(options.services)
        self.headers = [pathlib.Path(header) for header in options.header]
        self.directory = pathlib.Path(directory)
        self.includes = suite.includes([options.services] + options.header)
        self.library = suite.library_of(options.suite)
        self.seconds = [600] * len(STAGES)
        self.sound = self.directory / "sound.o"
        self.compile_object(None, "", self.sound, self.directory)

    def command(self, file, text, place):
        """A compiler's command line for services.c with another text of one of the files."""
        source = self.services.absolute()
        includes = list(self.includes)
        if file is not None:
            if file == self.services:
                source = place / "services.c"
                source.write_text(text, encoding="utf-8")
            else:
                (place / "pip").mkdir(exist_ok=True)
                (place / "pip" / file.name).write_text(text, encoding="utf-8")
                includes = ["-I", str(place)] + includes
        return [self.compiler, "-std=c11", "-w", "-fPIC"] + includes + [str(source)]

    def compile_object(self, file, text, output, place):
        """Optimised code, for comparison."""
        return subprocess.run(self.command(file, text, place) + ["-O2", "-c", "-o", str(output)],
                              check=False, capture_output=True).returncode == 0

    def passes(self, place, stage):
        """Whether a part of the suite passes with the library in this place, in twice the time of sound services."""
        seconds = self.seconds[stage]

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        command = [os.path.abspath(self.suite), "--gtest_fail_fast", "--gtest_brief=1",
                   "--gtest_filter=" + STAGES[stage]]
        run = subprocess.run(command, check=False, env=suite.environment(place), preexec_fn=limit,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return run.returncode == 0

    def compile_library(self, file, text, place):
        """The library that the suite asks for; False if this is no C."""
        command = self.command(file, text, place) + ["-O0", "-shared", "-o", str(place / self.library)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def check(self):
        """The sound services pass, and faults that nobody can overlook fail: else the verdicts mean nothing."""
        if not self.compile_library(None, "", self.directory):
            sys.exit("mutations: the services do not compile")
        for stage in range(len(STAGES)):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            if not self.passes(self.directory, stage):
                sys.exit("mutations: the suite fails with sound services")
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            self.seconds[stage] = 2 + int(2 * used)
        text = self.services.read_text(encoding="utf-8")
        broken = text.replace("return PIP_DONE;", "return PIP_NOT_LISTED;")
        fault = faults.Fault(self.services, "", "", "", 0)
        if broken == text or self.judge(fault, broken) != "noticed":
            sys.exit("mutations: the suite passes with services that never succeed: does it use those it is given?")

    def judge(self, fault, text):
        """What becomes of a fault: "noticed", "survives", "same code" or "not C"."""
        with tempfile.TemporaryDirectory(dir=self.directory) as name:
            place = pathlib.Path(name)
            if not self.compile_library(fault.file, text, place):
                return "not C"
            for stage in range(len(STAGES)):
                if not self.passes(place, stage):
                    return "noticed"
                if stage == 0:
                    other = place / "other.o"
                    self.compile_object(fault.file, text, other, place)
                    if filecmp.cmp(self.sound, other, shallow=False):
                        return "same code"
            return "survives"


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--report")
    for name in ("compiler", "suite", "services", "survivors"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("header", nargs="+")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        laboratory = Laboratory(options, directory)
        laboratory.check()
        mutants = []
        for file in [laboratory.services] + laboratory.headers:
            mutants += faults.faults_in(file)
        known = suite.listed(options.survivors)
        complaints = ["no such fault any more: " + name
                      for name in sorted(known - {fault.name for fault, _ in mutants})]
        whole = len(mutants)
        if options.sample is not None:
            complaints = []
            unknown = [mutant for mutant in mutants if mutant[0].name not in known]
            mutants = random.Random(options.seed).sample(unknown, options.sample)

        counts = {"noticed": 0, "survives": 0, "same code": 0, "not C": 0}
        survivors = []
        report = open(options.report or os.devnull, "w", encoding="utf-8")
        with report, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            verdicts = pool.map(lambda mutant: laboratory.judge(*mutant), mutants)
            for (fault, _), verdict in zip(mutants, verdicts):
                counts[verdict] += 1
                print(f"{verdict}: {fault.name}", file=report, flush=True)
                if verdict == "survives":
                    survivors.append(fault.name)
                if verdict != "survives" and fault.name in known:
                    complaints.append(f"is explained as a survivor, but: {verdict}: {fault.name}")
        complaints += ["nobody notices: " + name for name in survivors if name not in known]
        real = counts["noticed"] + counts["survives"]
        explained = len(known.intersection(survivors))
        if counts["noticed"] < NOTICED_AT_LEAST * (real - explained):
            complaints.append("too few are noticed")
        print("\n".join(complaints))
        print(f"{len(mutants)} of {whole} faults: {counts['noticed']} noticed of {real} "
              f"({100 * counts['noticed'] / real:.1f} %), {explained} of the others explained; "
              f"{counts['same code']} leave the code as it is, {counts['not C']} are no C")
        return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
