# SPDX-License-Identifier: Apache-2.0
"""Counts test targets in Bazel's build events: count_tests.py EVENTS STATUS, with the exit status of `bazel test`.

Prints what failed and, as the last line, `N passed, N failed`. Ends with 0 only if all is well.
"""

import json
import sys


def results(events):
    """From the label of each test target that was asked for to whether it passed."""
    passed = {}
    for event in events:
        if event["id"].keys() & {"targetConfigured"}:
            if event.get("configured", {}).get("targetKind", "").endswith("_test rule"):
                # Without a summary later on, the test could not be built.
                passed.setdefault(event["id"]["targetConfigured"]["label"], False)
        elif "testSummary" in event["id"] and "testSummary" in event:
            passed[event["id"]["testSummary"]["label"]] = event["testSummary"]["overallStatus"] in ("PASSED", "FLAKY")
        elif event.get("aborted", {}).get("reason") == "SKIPPED":
            for name in ("targetCompleted", "testSummary"):
                if name in event["id"]:
                    passed.pop(event["id"][name]["label"], None)
    return passed


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        passed = results([json.loads(line) for line in file if line.strip()])
    status = int(sys.argv[2])
    failed = sorted(label for label, well in passed.items() if not well)
    good = len(passed) - len(failed)
    for label in failed:
        print(f"failed: {label}")
    bad = len(failed)
    if bad == 0 and status != 0:
        print(f"failed: the build (bazel ended with {status})")
        bad = 1
    elif bad == 0 and good == 0:
        print("failed: there was no test to run")
        bad = 1
    print(f"{good} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
