/* SPDX-License-Identifier: Apache-2.0 */
/* What exhaustive_x86.cc lets a partition execute.  The pieces are copied to NANNY_PIECES, a page of the partition's
   own; whoever comes through a piece runs into UD2.  EDX is a port, EAX a selector, flags or a service. */
#include "nanny/exhaustive_x86.h"

.macro piece name
        .globl  nanny_piece_\name
        ud2
        .balign 16
nanny_piece_\name:
.endm

/* A far pointer to offset 0 of the segment EAX. */
.macro far_pointer
        movl    $0, NANNY_POINTER
        movl    %eax, NANNY_POINTER + 4
.endm

        .section .rodata.pieces, "a", @progbits
        .globl  nanny_pieces
        .globl  nanny_pieces_end
nanny_pieces:

/* Ports. */
piece in_byte
        inb     %dx, %al
piece out_byte
        outb    %al, %dx
piece in_half
        inw     %dx, %ax
piece out_half
        outw    %ax, %dx
piece in_word
        inl     %dx, %eax
piece out_word
        outl    %eax, %dx
piece in_string
        insb
piece out_string
        outsb
piece in_words
        rep     insl
piece out_words
        rep     outsl

/* Selectors. */
piece far_call
        far_pointer
        lcall   *NANNY_POINTER
piece far_jump
        far_pointer
        ljmp    *NANNY_POINTER
piece far_return
        pushl   %eax
        pushl   $0
        lret
piece interrupt_return
        pushl   $2
        pushl   %eax
        pushl   $0
        iretl
piece load_ds
        movw    %ax, %ds
piece load_es
        movw    %ax, %es
piece load_fs
        movw    %ax, %fs
piece load_gs
        movw    %ax, %gs
piece load_ss
        movw    %ax, %ss
piece ask_about
        larl    %eax, %ecx
        lsll    %eax, %ecx
        verr    %ax
        verw    %ax

/* Flags from EAX, by POPF, by IRET, or as the kernel loaded them with this context; then a way into the kernel. */
.macro ways kind
piece \kind\()_then_gate
        flags_by_\kind
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
piece \kind\()_then_yield
        flags_by_\kind
        lcall   $PIP_GATE_YIELD, $0
piece \kind\()_then_sysenter
        movl    $NANNY_PIECES + 2f - nanny_pieces, %edx
        leal    -16(%esp), %ecx
        flags_by_\kind
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        sysenter
2:      nop
piece \kind\()_then_int
        flags_by_\kind
        int     $NANNY_SOFTWARE
piece \kind\()_then_int3
        flags_by_\kind
        int3
piece \kind\()_then_undefined
        flags_by_\kind
        ud2
piece \kind\()_then_page_fault
        flags_by_\kind
        movl    0xD0000000, %ecx
piece \kind\()_then_protection
        flags_by_\kind
        cli
piece \kind\()_then_port
        flags_by_\kind
        inb     $0x60, %al
piece \kind\()_then_tick
        flags_by_\kind
1:      jmp     1b
.endm
.macro flags_by_popf
        pushl   %eax
        popfl
.endm
.macro flags_by_iret
        pushl   %eax
        pushl   $NANNY_USER_CODE
        pushl   $NANNY_PIECES + 1f - nanny_pieces
        iretl
1:
.endm
.macro flags_by_context
.endm
        ways    popf
        ways    iret
        ways    context

/* Stacks. */
piece sysenter
        sysenter
piece come_back
        nop
        ud2
nanny_pieces_end:

        .section .note.GNU-stack, "", @progbits
