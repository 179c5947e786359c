#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a Perfetto trace, as `protoc --decode` shows it.

    perfetto_check.py DECODED EVENTS   one of ours: each event is in order on a track that has been described; the
                                       calls of the kernel are those of EVENTS, with names and times
    perfetto_check.py --foreign FILE   one that another program wrote: it has each field that ours have
"""

import collections
import pathlib
import re
import sys

FIELD = re.compile(r"( *)(\w+)(?:: (.*)| \{)$")
# No program here but ours orders tracks by rank.
FOREIGN = ["timestamp", "trusted_packet_sequence_id", "sequence_flags", "track_event", "track_event.type",
           "track_event.track_uuid", "track_event.categories", "track_event.name", "track_event.debug_annotations",
           "track_event.debug_annotations.name", "track_event.debug_annotations.uint_value",
           "track_event.debug_annotations.string_value", "track_event.debug_annotations.pointer_value",
           "track_descriptor.uuid", "track_descriptor.parent_uuid", "track_descriptor.child_ordering"]
TYPES = {"TYPE_SLICE_BEGIN", "TYPE_SLICE_END", "TYPE_INSTANT"}


def packets(file):
    """Each packet, as a dictionary from a field's path to its values."""
    packet, path = None, []
    for line in file:
        found = FIELD.match(line.rstrip("\n"))
        if line.strip() == "}":
            path = path[:-1]
            if not path:
                yield packet
            continue
        name = found.group(2)
        if not path:
            packet = collections.defaultdict(list)
        place = ".".join([*path[1:], name]) if path else ""
        if found.group(3) is None:
            path.append(name)
            if place:
                packet[place].append(None)
        else:
            packet[place].append(found.group(3).strip('"'))


def problems(found, calls):
    """What is wrong with one of ours."""
    tracks, latest, open_slices, slices = {}, {}, {}, []
    for number, packet in enumerate(found):
        fields = {place: values[0] for place, values in packet.items()}
        if any(part.isdigit() for place in fields for part in place.split(".")):
            yield f"packet {number} has a field that nobody knows: {fields}"
        if fields.get("trusted_packet_sequence_id") != "1" or (fields.get("sequence_flags") == "1") != (number == 0):
            yield f"packet {number} is not of one sequence with a beginning: {fields}"
        if "track_descriptor" in fields:
            parent = fields.get("track_descriptor.parent_uuid")
            if parent is not None and parent not in tracks:
                yield f"a track below one that is not there: {fields}"
            tracks[fields["track_descriptor.uuid"]] = fields["track_descriptor.name"]
            continue
        kind, track, time = fields["track_event.type"], fields["track_event.track_uuid"], int(fields["timestamp"])
        if track not in tracks:
            yield f"a track without a name: {fields}"
        if kind == "TYPE_SLICE_BEGIN" and track in open_slices:
            yield f"slices overlap: {fields}"
        if kind == "TYPE_SLICE_END" and open_slices.pop(track, None) is None:
            yield f"an end of nothing: {fields}"
        if kind == "TYPE_SLICE_BEGIN":
            open_slices[track] = number
        # The scheduler's marks are written behind its slices.
        if kind != "TYPE_INSTANT":
            if time < latest.get(track, 0):
                yield f"time runs backwards: {fields}"
            latest[track] = time
        if kind == "TYPE_SLICE_BEGIN" and fields["track_event.categories"] == "kernel":
            slices.append((time, fields["track_event.name"]))
    if open_slices:
        yield f"without an end: {open_slices}"
    if slices != calls:
        yield f"{len(slices)} calls of the kernel are not the {len(calls)}: {set(slices) ^ set(calls)}"


def foreign_problems(found):
    """Which of our fields another program's trace does not have."""
    seen, types = collections.Counter(), set()
    for packet in found:
        seen.update(packet.keys())
        types.update(packet["track_event.type"])
    for place in FOREIGN:
        if seen[place] == 0:
            yield f"no packet has {place}"
    if not types >= TYPES:
        yield f"no {TYPES - types}"


def main():
    decoded, other = sys.argv[1:] if sys.argv[1] != "--foreign" else reversed(sys.argv[1:])
    with open(decoded, encoding="utf-8", errors="replace") as file:
        if other == "--foreign":
            found = list(foreign_problems(packets(file)))
        else:
            calls = [(int(words[0]), words[3]) for words in
                     (line.split() for line in pathlib.Path(other).read_text(encoding="utf-8").splitlines())]
            found = list(problems(packets(file), calls)) if calls else ["no call of the kernel"]
    print("\n".join(found[:10]), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
