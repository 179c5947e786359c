#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kernel_image.py on small kernels for ARM: accepts a good one, counts its stack exactly, refuses each bad one.

usage: arm_code_test.py KERNEL_IMAGE.py
"""
import functools
import sys
import tempfile
from pathlib import Path

import kernel_cases

SCRIPT = """
ENTRY(_start)
PHDRS { text PT_LOAD FLAGS(%d); data PT_LOAD FLAGS(6); }
SECTIONS {
  . = 0xF0008000;
  .text : { *(.text) } :text
  . = ALIGN(4K);
  .data : { kernel_stack_guard = .; . += 4096 + 4096; registers = .; . += 80; . = ALIGN(4K); } :data
  /DISCARD/ : { *(.ARM.attributes) }
}
"""
START = """
        .syntax unified
        .arm
        .globl _start
        .type _start, %function
_start: ldr r0, =registers
        cps #0x13
        mov sp, r0
        bl work
1:      wfi
        b 1b
        .ltorg
        .size _start, . - _start
"""


function = functools.partial(kernel_cases.function, mark="%")
GOOD = function(
    "work",
    "push {r4, r5, lr}; sub sp, sp, #100; cmp r0, #3; bleq leaf; add sp, sp, #100; pop {r4, r5, pc}",
) + function(
    "leaf",
    "str lr, [sp, #-4]!; cmp r0, #2; ldrls pc, [pc, r0, lsl #2]; b 2f; .word 1f; .word 2f; .word 1f; 1: mov r0, #1;"
    "2: ldr pc, [sp], #4",
)
ENTRY = function("exception_vectors", "b .; b .; b entry; b .; b .; b .; b .; b .") + function(
    "entry", "str r6, [sp, #-12]; sub sp, sp, #12; bl leaf; add sp, sp, #12; ldr r0, [sp, #-12]; movs pc, lr")
BAD = {
    "an entry that goes below its registers": (GOOD + ENTRY.replace("#-12]", "#-16]", 1), "below the stack pointer"),
    "an entry that uses what it calls with": (GOOD + ENTRY.replace(" bl leaf", " str r6, [sp, #-12]", 1),
                                              "below the stack pointer"),
    "registers of what no exception leads to": (GOOD + ENTRY.replace("b entry", "b ."), "below the stack pointer"),
    "recursion": (function("work", "push {lr}; bl other; pop {pc}") + function("other", "push {lr}; bl work; pop {pc}"),
                  "recursion"),
    "an indirect call": (function("work", "push {lr}; blx r3; pop {pc}"), "calls indirectly"),
    "an indirect call on no path": (function("work", "b 1f; blx r3; 1: bx lr"), "on no path"),
    "a return to a register": (function("work", "mov lr, r3; bx lr"), "put into LR itself"),
    "a return to a register on some ways": (
        function("work", "push {lr}; cmp r0, #0; beq 1f; ldr lr, [sp], #4; bx lr;"
                 "1: add sp, sp, #4; ldr lr, [r3]; bx lr"),
        "put into LR itself"),
    "a return to a call's next instruction": (
        function("work", "str lr, [sp, #-4]!; bl leaf; add sp, sp, #4; bx lr") + function("leaf", "bx lr"),
        "put into LR itself"),
    "an indirect jump": (function("work", "bx r3"), "jumps indirectly"),
    "a load into pc": (function("work", "ldr pc, [r0, #4]"), "jumps indirectly"),
    "a sum into pc": (function("work", "add pc, pc, r0"), "jumps indirectly"),
    "many registers with pc": (function("work", "ldm r0, {r4, pc}"), "jumps indirectly"),
    "a jump through data": (function("work", "ldr pc, [pc, r0, lsl #2]; nop; .word 0xF0000000"), "leads nowhere"),
    "a call into a function": (function("work", "bl other + 4") + function("other", "nop; bx lr"),
                               "no function begins"),
    "a large frame": (function("work", "sub sp, sp, #4096; sub sp, sp, #4; add sp, sp, #4; add sp, sp, #4096; bx lr"),
                      "may need"),
    "a frame of unknown size": (function("work", "sub sp, sp, r0; bx lr"), "not known"),
    "a foreign stack": (function("work", "ldr sp, =0xF0000100; push {r0}; b .; .ltorg"), "neither stack"),
    "words below the stack": (function("work", "str r0, [sp, #-4]; bx lr"), "below the stack pointer"),
    "a stack that moves sometimes": (function("work", "cmp r0, #0; pusheq {r0}; bx lr"), "on some ways only"),
    "a loop that pushes": (function("work", "1: push {r0}; b 1b"), "takes stack in each round"),
    "an unbalanced return": (function("work", "push {r0}; bx lr"), "left on the stack"),
    "floating point": (function("work", ".fpu vfpv3; vadd.f32 s0, s0, s1; bx lr"), "another unit"),
    "a floating-point register": (function("work", "mrc p10, 7, r0, cr1, cr0, 0; bx lr"), "another unit"),
    "an end without a return": (function("work", "nop"), "no instruction"),
    "data that is run": (function("work", "nop; .word 0xE1A00000"), "no instruction"),
}


def build(folder, source, flags=5):
    """Links a kernel from assembly."""
    return kernel_cases.link(folder, ["arm-none-eabi-gcc", "-march=armv7ve"], START + source, SCRIPT % flags)


def main(path):
    """All cases; the number of those that went wrong is the answer."""
    checker = kernel_cases.Checker(path)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # work takes 12 and 100, and calls leaf, which takes 4.
        checker.accepts("a good kernel", build(folder, GOOD), "stack: at most 116 bytes")
        checker.accepts("a good kernel with exceptions", build(folder, GOOD + ENTRY), "stack: at most 116 bytes")
        for what, (source, words) in BAD.items():
            checker.refuses(what, build(folder, source), words)
        checker.refuses("a writable text", build(folder, GOOD, flags=7), "writable and executable")
    return checker.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
