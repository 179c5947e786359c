#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Appends files to a kernel's flat image: package.py OUT KERNEL FILE ARGUMENTS [FILE ARGUMENTS...]

The format is described in pipcore/arch/armv7/package.h.
"""

import pathlib
import struct
import sys

PAGE = 4096
MAGIC = 0x50706950
FILES_MAX = 61
TEXT_BYTES = 160
HEADER_BYTES = 16 + (8 + TEXT_BYTES) * FILES_MAX


def padded(data):
    """The bytes, up to the end of their last page."""
    return data + bytes(-len(data) % PAGE)


def package(files):
    """The package of (name and arguments, bytes) pairs."""
    if not 1 <= len(files) <= FILES_MAX:
        sys.exit(f"package.py: {len(files)} files; it takes 1 to {FILES_MAX}")
    records = b""
    body = bytes(-HEADER_BYTES % PAGE)
    for text, data in files:
        encoded = text.encode("utf-8")
        if len(encoded) >= TEXT_BYTES:
            sys.exit(f"package.py: name and arguments have {len(encoded)} bytes; {TEXT_BYTES - 1} are the most: {text}")
        if not data:
            sys.exit(f"package.py: empty file: {text}")
        records += struct.pack(f"<II{TEXT_BYTES}s", HEADER_BYTES + len(body), len(data), encoded)
        body += padded(data)
    header = struct.pack("<IIII", MAGIC, len(files), HEADER_BYTES + len(body), 0) + records
    return header.ljust(HEADER_BYTES, b"\0") + body


def main():
    if len(sys.argv) < 5 or len(sys.argv) % 2 == 0:
        sys.exit(__doc__)
    out, kernel, *rest = sys.argv[1:]
    image = pathlib.Path(kernel).read_bytes()
    if len(image) % PAGE != 0:
        sys.exit(f"package.py: {kernel} has {len(image)} bytes, no whole pages: its .bss must be in the image")
    files = []
    for name, text in zip(rest[::2], rest[1::2]):
        path = pathlib.Path(name)
        files.append((f"{path.name} {text}" if text else path.name, path.read_bytes()))
    pathlib.Path(out).write_bytes(image + package(files))


if __name__ == "__main__":
    main()
