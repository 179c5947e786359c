#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kernel_image.py accepts a small kernel, counts its stack exactly, and refuses each way to build a bad one.

usage: kernel_image_test.py KERNEL_IMAGE.py
"""
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = """
ENTRY(_start)
PHDRS { text PT_LOAD FLAGS(%d); data PT_LOAD FLAGS(6); }
SECTIONS {
  . = 1M;
  .text : { *(.text .text.*) *(.rodata .rodata.*) } :text
  %s
  .data : { *(.data .data.* .bss .bss.* COMMON) . = ALIGN(4K); kernel_stack_guard = .; . += 4096 + 4096;
            kernel_stack_top = .; } :data
  /DISCARD/ : { *(.comment .note .note.* .eh_frame*) }
}
"""
START = """
        .globl _start
_start: movl $kernel_stack_top, %esp
        call work
1:      hlt
        jmp 1b
"""
# A frame of 100 bytes, and one of 40 below it.
GOOD = """
        .globl work
work:   subl $100, %esp
        call leaf
        addl $100, %esp
        ret
leaf:   subl $40, %esp
        addl $40, %esp
        ret
        .type work, @function
        .size work, leaf - work
        .type leaf, @function
        .size leaf, . - leaf
"""


def function(name, body):
    """Assembly of one function."""
    return "\n.globl %s\n.type %s, @function\n%s:\n%s\n.size %s, . - %s\n" % (name, name, name, body, name, name)


BAD = {
    "recursion": (function("work", "call other; ret") + function("other", "call work; ret"), "recursion"),
    "an indirect call": (function("work", "call *%eax; ret"), "calls indirectly"),
    "an indirect call through another table": (function("work", "call *0x100000(,%ecx,4); ret"), "calls indirectly"),
    "an indirect jump": (function("work", "jmp *%eax"), "jumps indirectly"),
    "a jump through data": (function("work", "jmp *0x100ffc(,%ecx,4)"), "leads nowhere"),
    "a call into a function": (function("work", "call other + 1; ret") + function("other", "nop; nop; ret"),
                               "no function begins"),
    "a large frame": (function("work", "subl $4040, %esp; addl $4040, %esp; ret"), "may need"),
    "a frame of unknown size": (function("work", "subl %eax, %esp; ret"), "not known"),
    "a foreign stack": (function("work", "movl $0x100000, %esp; pushl %eax; jmp _start"), "neither stack"),
    "a loop that pushes": (function("work", "1: pushl %eax; jmp 1b"), "takes stack in each round"),
    "an unbalanced return": (function("work", "pushl %eax; ret"), "left on the stack"),
    "floating point": (function("work", "fldz; ret"), "another unit"),
    "vector registers": (function("work", "movups (%eax), %xmm0; ret"), "another unit"),
    "nothing to call": (function("work", "ret") + ".weak nowhere\n" + function("other", "call nowhere; ret"),
                        "no function begins"),
    "an end without a return": (function("work", "nop"), "no instruction"),
}


def build(folder, source, flags=5, gap=". = ALIGN(4K);", options=()):
    """Links a kernel from assembly."""
    (folder / "kernel.S").write_text(START + source)
    (folder / "kernel.lds").write_text(SCRIPT % (flags, gap))
    kernel = folder / "kernel.elf"
    subprocess.run(["gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none",
                    "-Wl,-z,max-page-size=4096",
                    "-Wl,--no-warn-rwx-segments", *options, "-Wl,-T," + str(folder / "kernel.lds"),
                    str(folder / "kernel.S"), "-o", str(kernel)], check=True)
    return kernel


def check(checker, kernel):
    """Exit code and words of the checker."""
    result = subprocess.run([sys.executable, checker, str(kernel)], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def main(checker):
    """All cases; the number of those that went wrong is the answer."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def expect(what, kernel, code, words):
            nonlocal wrong
            got, said = check(checker, kernel)
            if got != code or words not in said or "Traceback" in said:
                wrong += 1
                print("FAIL %s: exit code %d, not %d, or not %r in:\n%s" % (what, got, code, words, said))

        # Below its return address work takes 100, calls leaf (4), which takes 40; the processor may have pushed 60.
        expect("a good kernel", build(folder, GOOD), 0, "stack: at most 204 bytes (work) of 4096")
        for what, (source, words) in BAD.items():
            expect(what, build(folder, source), 1, words)
        expect("a writable text", build(folder, GOOD, flags=7), 1, "writable and executable")
        expect("text and data on one page", build(folder, GOOD, gap=""), 1, "segments of different rights")
        expect("relocations", build(folder, GOOD, options=["-Wl,--emit-relocs"]), 1, "relocations")
    print("%s: %d bad kernels" % ("FAIL" if wrong else "PASS", len(BAD) + 3))
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
