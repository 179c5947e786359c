#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kernel_image.py accepts a small kernel, counts its stack exactly, and refuses each way to build a bad one.

usage: kernel_image_test.py KERNEL_IMAGE.py
"""
import sys
import tempfile
from pathlib import Path

from kernel_cases import Checker, function, link

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
BAD = {
    "recursion": (function("work", "call other; ret") + function("other", "call work; ret"), "recursion"),
    "an indirect call": (function("work", "call *%eax; ret"), "calls indirectly"),
    "an indirect call through another table": (function("work", "call *0x100000(,%ecx,4); ret"), "calls indirectly"),
    "an indirect jump": (function("work", "jmp *%eax"), "jumps indirectly"),
    "a function around another": (function("work", "call __wrap_other; ret") + function("__wrap_other", "ret"),
                                  "a kernel for tests"),
    "a far call": (function("work", "lcall $8, $_start; ret"), "goes elsewhere"),
    "a far call through memory": (function("work", "lcall *(%eax); ret"), "goes elsewhere"),
    "a far jump through memory": (function("work", "ljmp *(%eax)"), "jumps indirectly"),
    "a software interrupt": (function("work", "int $0x80; ret"), "goes elsewhere"),
    "a system call": (function("work", "syscall; ret"), "goes elsewhere"),
    "a return to a register": (function("work", "movl %eax, (%esp); ret"), "writes its own return address"),
    "a return to a sum": (function("work", "pushl %ebx; addl %eax, 4(%esp); popl %ebx; ret"),
                          "writes its own return address"),
    "a call through a table that can be written": (
        function("work", "call *fast_services(,%ecx,4); ret") + ".data\nfast_services: .long work\n",
        "can be written"),
    "a call through an empty table": (
        function("work", "call *fast_services(,%ecx,4); ret") + ".section .rodata\nfast_services: .long 0\n",
        "leads nowhere"),
    "an indirect call on no path": (function("work", "jmp 1f; call *%eax; 1: ret"), "on no path"),
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
    return link(folder, ["gcc", "-m32", "-no-pie", *options], START + source, SCRIPT % (flags, gap))


def main(path):
    """All cases; the number of those that went wrong is the answer."""
    checker = Checker(path)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Below its return address work takes 100, calls leaf (4), which takes 40; the processor may have pushed 60.
        checker.accepts("a good kernel", build(folder, GOOD), "stack: at most 204 bytes (work) of 4096")
        for what, (source, words) in BAD.items():
            checker.refuses(what, build(folder, source), words)
        checker.refuses("a writable text", build(folder, GOOD, flags=7), "writable and executable")
        checker.refuses("text and data on one page", build(folder, GOOD, gap=""), "segments of different rights")
        checker.refuses("relocations", build(folder, GOOD, options=["-Wl,--emit-relocs"]), "relocations")
    return checker.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
