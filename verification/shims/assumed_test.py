#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No header of the shims escapes the proof, and each listed assumption is one.

usage: assumed_test.py ASSUMED.txt STAND_IN/machine.h PROVE.py ALL-HEADERS... -- PROVED-HEADERS...
"""
import importlib.util
import re
import sys


def main(assumed, stand_in, prove, *headers):
    """Prints one line per fault; their number is the answer."""
    specification = importlib.util.spec_from_file_location("prove", prove)
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    everything, proved = set(headers[:headers.index("--")]), set(headers[headers.index("--") + 1:])
    faults = ["%s is proved, but no header of the shims" % header for header in sorted(proved - everything)]
    for header in sorted(everything - proved):
        functions = tool.functions_of([header])[0] + list(tool.unseen([header]))
        faults += ["%s defines %s, and no proof reads it" % (header, function) for function in functions]
    declared = set()
    for header in [stand_in, *everything]:
        with open(header, encoding="utf-8") as file:
            text = tool.COMMENT.sub("", file.read())
        declared |= set(re.findall(r"^\w[\w* ]*?(\w+)\([^(){};]*\);", text, re.MULTILINE))
    with open(assumed, encoding="utf-8") as file:
        lines = [line.rstrip() for line in file if line.strip() and not line.startswith("#")]
    listed = [line.split()[0] for line in lines]
    faults += ["%s: %s has no reason" % (assumed, line) for line in lines if len(line.split()) < 4]
    faults += ["%s: %s is no function without a body" % (assumed, name) for name in listed if name not in declared]
    faults += ["%s is declared without a body: %s must say why it is believed" % (name, assumed)
               for name in sorted(declared - set(listed))]
    if len(proved) < 6 or not declared:
        faults.append("there is next to nothing to look at")
    for fault in faults:
        print("FAIL " + fault)
    if not faults:
        print("PASS %d headers proved, %d assumptions" % (len(proved), len(listed)))
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
