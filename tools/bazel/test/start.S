# SPDX-License-Identifier: Apache-2.0
# The smallest Multiboot 1 kernel: gives itself a stack and calls the guest with the boot information.

        .section .multiboot, "a"
        .long   0x1BADB002
        .long   0
        .long   -0x1BADB002

        .text
        .globl  start
start:
        movl    $stack_top, %esp
        pushl   %ebx
        call    guest
1:      hlt
        jmp     1b

        .bss
        .balign 16
        .skip   4096
stack_top:

        .section .note.GNU-stack, "", @progbits
