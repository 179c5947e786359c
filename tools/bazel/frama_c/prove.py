#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves the functions of C headers against their ACSL contracts with Frama-C/WP; says which goals are not proved.

Fails unless every function that the headers define has a contract, has goals, and all goals
are proved.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

FUNCTION = re.compile(r"^static inline [\w* ]*?(\w+)\([^;{]*\)\s*\{", re.MULTILINE)
CONTRACT = re.compile(r"/\*@(?:(?!\*/).)*\bassigns\b(?:(?!\*/).)*\*/\s*\Z", re.DOTALL)
SUMMARY = re.compile(r"^\[wp\] Proved goals:\s*(\d+)\s*/\s*(\d+)", re.MULTILINE)
PROVED = re.compile(r"^\[wp\] \[[^\]]*\] Goal (\S+) : Valid", re.MULTILINE)
REFUSED = re.compile(r"^\[wp\] \[(?:Failed|Timeout|Unknown|Stepout|[^\]]*)\] Goal (\S+)\s*$", re.MULTILINE)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frama-c", required=True)
    parser.add_argument("--why3", required=True)
    parser.add_argument("--machine", required=True, help="the machdep of Frama-C: sizes of types")
    parser.add_argument("--header", action="append", required=True, help="whose functions are proved")
    parser.add_argument("--source", required=True, help="what Frama-C reads: it includes the header")
    parser.add_argument("--timeout", default="20", help="seconds for one prover on one goal")
    parser.add_argument("--include", action="append", default=[], help="a folder of headers")
    parser.add_argument("--function", action="append", default=[], help="only this one; may be repeated")
    return parser.parse_args()


def functions_of(headers):
    """The functions that the headers define, and those among them without a contract."""
    functions, bare = [], []
    for header in headers:
        with open(header, encoding="utf-8") as file:
            text = file.read()
        for match in FUNCTION.finditer(text):
            functions.append(match.group(1))
            if not CONTRACT.search(text[:match.start()]):
                bare.append(match.group(1))
    return functions, bare


def share(functions):
    """Those functions that this run is to prove, when Bazel runs the test in shards."""
    if "TEST_SHARD_STATUS_FILE" in os.environ:
        with open(os.environ["TEST_SHARD_STATUS_FILE"], "w", encoding="utf-8"):
            pass
    return functions[int(os.environ.get("TEST_SHARD_INDEX", "0"))::int(os.environ.get("TEST_TOTAL_SHARDS", "1"))]


def run_frama_c(options, functions):
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOME=home, WHY3CONFIG=os.path.join(home, "why3.conf"))
        detected = subprocess.run(
            [options.why3, "config", "detect"], env=environment, capture_output=True, text=True, check=False)
        if detected.returncode != 0:
            sys.exit("why3 config detect failed:\n" + detected.stdout + detected.stderr)
        run = subprocess.run(
            [
                options.frama_c,
                "-machdep", options.machine,
                "-cpp-extra-args=" + " ".join("-I" + folder for folder in options.include),
                "-wp", "-wp-rte", "-wp-par", "1", "-wp-prover", "z3,cvc4", "-wp-timeout", options.timeout,
                "-wp-cache", "none", "-wp-fct", ",".join(functions),
                options.source,
            ],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode, run.stdout


def complaints(functions, bare, status, output):
    for function in bare:
        yield f"{function} has no contract"
    if status != 0:
        yield f"Frama-C ended with status {status}:\n{output}"
        return
    summary = SUMMARY.search(output)
    if not summary or int(summary.group(2)) == 0:
        yield f"Frama-C had no goals to prove:\n{output}"
        return
    proved = PROVED.findall(output)
    if int(summary.group(1)) != int(summary.group(2)):
        refused = sorted(set(REFUSED.findall(output)))
        yield f"proved {summary.group(1)} of {summary.group(2)} goals; not proved:\n  " + "\n  ".join(refused)
    for function in functions:
        if not any(re.fullmatch(rf"typed(?:_\w+)?_{function}_\w+", goal) for goal in proved):
            yield f"no goal of {function} was proved"
    if "[wp] Warning" in output or "Missing RTE" in output:
        yield "Frama-C warns:\n" + "\n".join(line for line in output.splitlines() if "Warning" in line)


def main():
    options = arguments()
    functions, bare = functions_of(options.header)
    if options.function:
        unknown = sorted(set(options.function) - set(functions))
        if unknown:
            sys.exit(f"no header defines {', '.join(unknown)}")
        functions = options.function
    if not functions:
        sys.exit("the headers define no function")
    functions = share(functions)
    status, output = run_frama_c(options, functions)
    wrong = list(complaints(functions, bare, status, output))
    if wrong:
        sys.exit("\n".join(wrong))
    goals = SUMMARY.search(output).group(1)
    print(f"{', '.join(options.header)}: {len(functions)} functions, {goals} goals, all proved")


if __name__ == "__main__":
    main()
