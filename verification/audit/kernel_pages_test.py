#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kernel_pages.py accepts the kernels that boot, and refuses each with one instruction or constant changed in the code
that fills its tables.

usage: kernel_pages_test.py KERNEL_PAGES.py X86_IMAGE.image ARM_IMAGE.image
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOOLS = {"x86": "objdump", "armv7": "arm-none-eabi-objdump"}
FUNCTIONS = {"x86": "FillKernelTables", "armv7": "fill_tables"}
# An instruction or a constant, by its text; what its bytes become; how many there must be at least; the refusal.
X86 = [
    (r"or +\$0x3,%e[a-d]x$", lambda b: b[:2] + bytes([b[2] | 4]), 4, "be accessible to user mode"),
    (r"or +\$0x1,%e[a-d]x$", lambda b: b[:2] + bytes([b[2] | 4]), 1, "be accessible to user mode"),
    (r"or +\$0x83,%eax$", lambda b: b[:1] + bytes([b[1] | 4]) + b[2:], 1, "be accessible to user mode and writable"),
    (r"setae ", lambda b: bytes([b[0], b[1] ^ 1]) + b[2:], 1, "is text, and writable"),
    (r"or +\$0x1,%e[a-d]x$", lambda b: b[:2] + bytes([b[2] | 2]), 1, "is text, and writable"),
    (r"cmp +%ecx,0xc\(%eax\)$", lambda b: b[:2] + bytes([b[2] - 4]), 1, "guard page, and mapped"),
    (r"cmp +0x4\(%eax\),%ebx$", lambda b: b[:2] + bytes([b[2] - 4]), 1, "shows the image in the window"),
    (r"shl +\$0xc,%e..$", lambda b: b[:2] + bytes([b[2] - 1]), 3, "FAIL"),
]
ARM = [
    (r"\.word\s+0x0000141e", lambda b: bytes([b[0], b[1] | 8]) + b[2:], 1, "be accessible to user mode and writable"),
    (r"\.word\s+0x00000416", lambda b: bytes([b[0], b[1] | 8]) + b[2:], 1, "be accessible to user mode and writable"),
    (r"\.word\s+0x0000141e", lambda b: bytes([b[0] & ~0x10]) + b[1:], 1, "writable and executable"),
    (r"\.word\s+0x0000141e", lambda b: bytes([b[0] | 1]) + b[1:], 1, "be accessible to user mode"),
    (r"\.word\s+0x0000025e", lambda b: bytes([b[0] | 0x20]) + b[1:], 1, "be accessible to user mode"),
    (r"\.word\s+0x0000025e", lambda b: bytes([b[0], b[1] & ~2]) + b[2:], 1, "writable and executable"),
    (r"mov\s+r7, #95", lambda b: bytes([b[0] | 0x20]) + b[1:], 1, "be accessible to user mode and writable"),
    (r"mov\s+r7, #95", lambda b: bytes([b[0] & ~1]) + b[1:], 1, "writable and executable"),
    (r"moveq\s", lambda b: b[:3] + bytes([b[3] | 0x10]), 1, "FAIL"),
    (r"mov\s+fp, #0", lambda b: b"\x00\x00\xa0\xe1", 1, "shows the image in the window"),
]


def kernel_of(image):
    """The ELF file that the manifest of a pip_image names."""
    for line in Path(image).read_text(encoding="utf-8").splitlines():
        if line.startswith("kernel\t"):
            return Path(line.split("\t")[1])
    raise SystemExit(image + " names no kernel")


def places(kernel, architecture):
    """The instructions and constants of the function: (offset in the file, size, text)."""
    sections = subprocess.run([TOOLS[architecture], "-h", "-j", ".text", str(kernel)], check=True, capture_output=True,
                              text=True, env=dict(os.environ, LC_ALL="C")).stdout
    field = re.search(r"\.text\s+(\S+)\s+(\S+)\s+\S+\s+(\S+)", sections)
    begin, at = int(field[2], 16), int(field[3], 16)
    listing = subprocess.run([TOOLS[architecture], "-d", "-j", ".text", str(kernel)], check=True, capture_output=True,
                             text=True, env=dict(os.environ, LC_ALL="C")).stdout
    inside = False
    for line in listing.splitlines():
        if line.endswith(">:"):
            inside = FUNCTIONS[architecture] in line
        match = re.match(r"\s*([0-9a-f]+):\s+((?:[0-9a-f]{2} )+|[0-9a-f]{8} )\s*(.*?)(?:\s*[@;<].*)?$", line)
        if inside and match and match[3]:
            size = len(match[2].replace(" ", "")) // 2
            yield int(match[1], 16) - begin + at, size, match[3].strip()


def main(checker, *images):
    """All cases; the number of those that went wrong is the answer."""
    wrong, planted = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "kernel"

        def expect(what, code, words):
            result = subprocess.run([sys.executable, checker, str(copy)], capture_output=True, text=True, check=False)
            said = result.stdout + result.stderr
            if result.returncode != code or words not in said or "Traceback" in said:
                print("FAIL %s: exit code %d, not %d, or not %r in:\n%s" % (what, result.returncode, code, words, said))
                return 1
            return 0

        for (architecture, cases), image in zip((("x86", X86), ("armv7", ARM)), images):
            kernel = kernel_of(image)
            listing = list(places(kernel, architecture))
            copy.write_bytes(kernel.read_bytes())
            wrong += expect(architecture, 0, "PASS")
            for pattern, change, at_least, words in cases:
                found = [(offset, size) for offset, size, text in listing if re.match(pattern, text)]
                if len(found) < at_least:
                    print("FAIL %s: only %d times %s" % (architecture, len(found), pattern))
                    wrong += 1
                for offset, size in found:
                    code = bytearray(kernel.read_bytes())
                    code[offset:offset + size] = change(bytes(code[offset:offset + size]))
                    copy.write_bytes(code)
                    wrong += expect("%s: %s at %s" % (architecture, pattern, hex(offset)), 1, words)
                    planted += 1
    print("%s: %d wrong kernels" % ("FAIL" if wrong else "PASS", planted))
    return wrong


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
