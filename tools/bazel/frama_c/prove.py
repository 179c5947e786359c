#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves the functions of C headers against their ACSL contracts with Frama-C/WP; says which goals are not proved.

Fails unless every function that the headers define has a contract, has goals, and all goals
are proved, and nothing is taken for true (axioms, `admit`, contracts of functions without a body) but what --facts and
--assumed list.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

FUNCTION = re.compile(r"^static inline [\w* ]*?(\w+)\([^;{]*\)\s*\{", re.MULTILINE)
DEFINITION = re.compile(r"(\w+)\s*\([^(){};]*\)\s*\{")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|^\s*#(?:[^\n]*\\\n)*[^\n]*", re.DOTALL | re.MULTILINE)
CONTRACT = re.compile(r"/\*@(?:(?!\*/).)*\bassigns\b(?:(?!\*/).)*\*/\s*\Z", re.DOTALL)
SUMMARY = re.compile(r"^\[wp\] Proved goals:\s*(\d+)\s*/\s*(\d+)", re.MULTILINE)
PROVED = re.compile(r"^\[wp\] \[[^\]]*\] Goal (\S+) : Valid", re.MULTILINE)
REFUSED = re.compile(r"^\[wp\] \[(?:Failed|Timeout|Unknown|Stepout|[^\]]*)\] Goal (\S+)\s*$", re.MULTILINE)

# The report of Frama-C on each property: whose it is, its status, what it is.
SECTION = re.compile(r"^--- (?:Properties of Function '(\w+)'|Global Properties)", re.MULTILINE)
STATUS = re.compile(r"^\[([^\]]*)\] (.*)$", re.MULTILINE)
AXIOM = re.compile(r"\baxiom\s+(\w+)\s*:")


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
    parser.add_argument("--facts", help="a header whose axioms are proved elsewhere")
    parser.add_argument("--assumed", help="functions whose contracts are assumed, the first word of each line")
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


def unseen(headers):
    """Functions that the headers define in another form, and so without a proof."""
    for header in headers:
        with open(header, encoding="utf-8") as file:
            text = file.read()
        seen, depth = set(FUNCTION.findall(text)), 0
        for part in re.split(r"([{}])", COMMENT.sub("", text)):
            match = DEFINITION.search(part + "{") if depth == 0 else None
            if match and part.rstrip().endswith(")") and match.group(1) not in seen:
                yield match.group(1)
            depth += {"{": 1, "}": -1}.get(part, 0)


def listed(options):
    """The axioms and the functions that may be taken for true."""
    axioms, functions = set(), set()
    if options.facts:
        with open(options.facts, encoding="utf-8") as file:
            axioms = set(AXIOM.findall(file.read()))
    if options.assumed:
        with open(options.assumed, encoding="utf-8") as file:
            functions = {line.split()[0] for line in file if line.strip() and not line.startswith("#")}
    return axioms, functions


def builtins(options):
    """Functions of the compiler that the headers call: Frama-C would believe what its library says of them."""
    known = set()
    if options.facts:
        with open(options.facts, encoding="utf-8") as file:
            known = set(re.findall(r"^#define (\w+)", file.read(), re.MULTILINE))
    for header in options.header:
        with open(header, encoding="utf-8") as file:
            code = COMMENT.sub("", file.read())
        yield from sorted(set(re.findall(r"\b__\w+(?=\()|\b(?:__)?asm(?:__)?\b", code)) - known)


def endless(headers):
    """Headers with more loops than variants: of those WP proves only what holds if they end."""
    for header in headers:
        with open(header, encoding="utf-8") as file:
            text = file.read()
        loops = len(re.findall(r"\b(?:for|while)\s*\(|\bgoto\b", COMMENT.sub("", text)))
        variants = len(re.findall(r"\bloop variant\b", text))
        if loops != variants:
            yield f"{header} has {loops} loops and {variants} variants: does each end?"


def hypotheses(output):
    """What Frama-C takes for true without a proof: (function or nothing, what)."""
    _, _, report = output.partition("--- Global Properties")
    sections = SECTION.split("--- Global Properties" + report)
    for function, text in zip(sections[1::2], sections[2::2]):
        for status, what in STATUS.findall(text):
            if status.strip() != "Valid" and not (function or "").startswith(("__builtin_", "__sync_")):
                yield function, status.strip(), what


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
                options.source, "-then", "-report",
            ],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode, run.stdout


def complaints(options, functions, bare, status, output):
    for function in bare:
        yield f"{function} has no contract"
    for function in unseen(options.header):
        yield f"{function} is not defined as `static inline TYPE {function}(...) {{`: no proof sees it"
    yield from endless(options.header)
    for function in builtins(options):
        yield f"{function} is called: no proof says what it does"
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
    if "--- Global Properties" not in output:
        yield f"Frama-C reports nothing:\n{output}"
    axioms, assumed = listed(options)
    for function, status, what in hypotheses(output):
        if status == "-" and what.startswith("Pre-condition"):
            continue    # proved at the calls in these functions; there are others
        axiom = re.match(r"Axiom '(\w+)'", what)
        if status != "Extern" or what.startswith("Admit") or \
                (axiom.group(1) not in axioms if axiom else function not in assumed):
            yield f"{function or 'a header'}: taken for true, but not listed: {what} ({status})"
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
    wrong = list(complaints(options, functions, bare, status, output))
    if wrong:
        sys.exit("\n".join(wrong))
    goals = SUMMARY.search(output).group(1)
    print(f"{', '.join(options.header)}: {len(functions)} functions, {goals} goals, all proved")


if __name__ == "__main__":
    main()
