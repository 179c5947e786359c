#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gives all certificates in Java's list of those whom it trusts the same time: keystore.py FILE SECONDS

Debian's package writes into it when it was made, and knows no SOURCE_DATE_EPOCH. The format is JKS, version 2: after
magic, version and count, for each certificate a tag, its alias, the time in milliseconds, its type, its bytes; at the
end the SHA-1 of the password, a fixed text and all before.
"""

import hashlib
import pathlib
import struct
import sys

HEAD = struct.Struct(">III")
PASSWORD = "changeit"
TRUSTED = 2


def digest(data):
    """What the end of a keystore must be."""
    return hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + data).digest()


def main():
    file, milliseconds = pathlib.Path(sys.argv[1]), int(sys.argv[2]) * 1000
    content = file.read_bytes()
    data, end = bytearray(content[:-20]), content[-20:]
    if len(content) < HEAD.size + 20 or digest(data) != end:
        sys.exit(f"{file} is no keystore with the password {PASSWORD}")
    magic, version, count = HEAD.unpack_from(data)
    if (magic, version) != (0xFEEDFEED, 2):
        sys.exit(f"{file} is no keystore of the format JKS, version 2")
    at = HEAD.size

    def skip(size):
        nonlocal at
        length = int.from_bytes(data[at:at + size], "big")
        at += size + length

    for _ in range(count):
        if int.from_bytes(data[at:at + 4], "big") != TRUSTED:
            sys.exit(f"{file} has more than certificates")
        at += 4
        skip(2)
        data[at:at + 8] = milliseconds.to_bytes(8, "big")
        at += 8
        skip(2)
        skip(4)
    if at != len(data):
        sys.exit(f"{file} does not end where its last certificate does")
    file.write_bytes(bytes(data) + digest(data))


if __name__ == "__main__":
    main()
