/* SPDX-License-Identifier: Apache-2.0 */
/* The child of device_storm.cc: calls through both entries for ever, and looks whether it still is what it was. */

#include "pip/calltable.h"

.macro wants register, value
        cmpl    $\value, %\register
        jne     8f
.endm

        .text
        .globl  storm_child
storm_child:
        movl    $storm_memory + 4096, %esp
        movl    $0x11111111, %ebx
        movl    $0x22222222, %esi
        movl    $0x33333333, %edi
        movl    $0x44444444, %ebp
1:      pushl   $0x700000
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
        addl    $4, %esp
        wants   eax, 0
        wants   ebx, 0x11111111
        wants   esi, 0x22222222
        wants   edi, 0x33333333
        wants   ebp, 0x44444444
        wants   esp, storm_memory + 4096
        incl    storm_memory
        cmpl    $0, storm_memory + 4
        je      1b
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        movl    $0x700000, %ebx
        movl    %esp, %ecx
        movl    $2f, %edx
        sysenter
2:      wants   eax, 0
        wants   edx, 0
        wants   ebx, 0x700000
        movl    $0x11111111, %ebx
        wants   esi, 0x22222222
        wants   edi, 0x33333333
        wants   ebp, 0x44444444
        wants   esp, storm_memory + 4096
        incl    storm_memory
        jmp     1b
8:      int     $255

/* Where the root's handlers begin: EBX has the vector. */
        .globl  handler_entry
handler_entry:
        pushl   %ebx
        call    OnVector

        .section .note.GNU-stack, "", @progbits
