#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""perfetto_check.py FILE EVENTS: the file has the form of Chrome's trace events; all calls of the kernel are there."""

import collections
import json
import pathlib
import sys

REQUIRED = {
    "X": {"name", "pid", "tid", "ts", "dur"},
    "i": {"name", "pid", "tid", "ts", "s"},
    "M": {"name", "pid", "args"},
}


def problems(events, calls):
    """What is wrong."""
    tracks = {(event["pid"], event["tid"]) for event in events if event["name"] == "thread_name"}
    ends = collections.defaultdict(float)
    for event in events:
        if not REQUIRED.get(event["ph"], {"no such phase"}) <= event.keys():
            yield f"an event lacks something: {event}"
        if event["ph"] != "M" and (event["pid"], event["tid"]) not in tracks:
            yield f"a track without a name: {event}"
        if event["ph"] == "X":
            # Slices of one track follow one another; a nanosecond is what floating point may lose.
            if event["ts"] + 0.001 < ends[event["pid"], event["tid"]]:
                yield f"slices overlap: {event}"
            ends[event["pid"], event["tid"]] = event["ts"] + event["dur"]
    slices = sum(1 for event in events if event.get("cat") == "kernel" and event["ph"] == "X")
    if slices != len(calls):
        yield f"{slices} calls of the kernel, not {len(calls)}"


def main():
    document = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    calls = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    found = list(problems(document["traceEvents"], calls))
    print("\n".join(found[:10]), file=sys.stderr)
    return 1 if found or not calls else 0


sys.exit(main())
