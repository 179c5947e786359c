/* SPDX-License-Identifier: Apache-2.0 */
/* What agents execute, and how the nanny itself enters the kernel.

   An agent's code is copied to its home page, at AGENT_CODE.  The nanny sets the registers through the context that the
   agent starts from; an agent ends with a software interrupt that its ancestors leave to the root. */
#include "nanny/home.h"

        .section .rodata.agent_code, "a", @progbits
        .globl  nanny_agent_code
        .globl  nanny_agent_code_end
nanny_agent_code:
        /* AGENT_FAST: all registers are set; EDX says to come back behind it.  Segments and flags are garbage. */
        popl    %ds
        popl    %es
        popl    %fs
        popl    %gs
        popfl
        sysenter
        int     $AGENT_DONE
        .balign 16
        /* AGENT_GATE: the nanny writes the selector of the gate here; the arguments are on the stack, below garbage for
           segments and flags. */
        popl    %ds
        popl    %es
        popl    %fs
        popl    %gs
        popfl
        lcall   $0, $0
        int     $AGENT_DONE
        .balign 16
        /* AGENT_LANDED: where a yield to this agent ends. */
        int     $AGENT_LANDING
        .balign 16
        /* AGENT_READ */
        movl    (%esi), %eax
        int     $AGENT_DONE
        .balign 16
        /* AGENT_WRITE */
        movl    %eax, (%esi)
        int     $AGENT_DONE
        .balign 16
        /* AGENT_LIST: calls one after the other from a list that ESP points to: five words each, EAX EBX ESI EDI EBP.
           The first is replaced by the status, the second by the value; AGENT_END_OF_LIST ends the list. */
1:      popl    %eax
        popl    %ebx
        popl    %esi
        popl    %edi
        popl    %ebp
        movl    %esp, %ecx
        movl    $AGENT_CODE + 2f - nanny_agent_code, %edx
        sysenter
2:      movl    %eax, -20(%esp)
        movl    %edx, -16(%esp)
        cmpl    $AGENT_END_OF_LIST, (%esp)
        jne     1b
        int     $AGENT_DONE
nanny_agent_code_end:

        .text
        /* void nanny_enter(NannyRegisters *registers): enters by SYSENTER with EAX EBX ESI EDI EBP, and leaves EAX and
           EDX there: status and value, or, if the nanny left and is told of a vector, what nanny_handler has. */
        .globl  nanny_enter
        .type   nanny_enter, @function
nanny_enter:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, nanny_stack
        movl    20(%esp), %ecx
        movl    (%ecx), %eax
        movl    4(%ecx), %ebx
        movl    8(%ecx), %esi
        movl    12(%ecx), %edi
        movl    16(%ecx), %ebp
        movl    %esp, %ecx
        movl    $nanny_entered, %edx
        sysenter
        .size   nanny_enter, . - nanny_enter
nanny_entered:
        movl    20(%esp), %ecx
        movl    %eax, (%ecx)
        movl    %edx, 20(%ecx)
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

        /* The same for a yield through its call gate: EAX EBX ESI EDI EBP are the gate's arguments, first to last. */
        .globl  nanny_yield_by_gate
        .type   nanny_yield_by_gate, @function
nanny_yield_by_gate:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, nanny_stack
        movl    20(%esp), %ecx
        pushl   16(%ecx)
        pushl   12(%ecx)
        pushl   8(%ecx)
        pushl   4(%ecx)
        pushl   (%ecx)
        lcall   $PIP_GATE_YIELD, $0
        addl    $20, %esp
        xorl    %edx, %edx
        jmp     nanny_entered
        .size   nanny_yield_by_gate, . - nanny_yield_by_gate

        /* Every vector of the nanny begins here; EBX says which. */
        .globl  nanny_handler
        .type   nanny_handler, @function
nanny_handler:
        movl    nanny_stack, %esp
        movl    %ebx, %eax
        jmp     nanny_entered
        .size   nanny_handler, . - nanny_handler

        .bss
        .balign 4
nanny_stack:
        .long   0

        .section .note.GNU-stack, "", @progbits
