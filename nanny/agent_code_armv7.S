/* SPDX-License-Identifier: Apache-2.0 */
/* What agents execute, and how the nanny itself enters the kernel.

   An agent's code is copied to its home page, at AGENT_CODE.  The nanny sets the registers through the context that the
   agent starts from; an agent ends with an undefined instruction, which its ancestors leave to the root.  (A real
   processor would have to see the home mapped anew before it fetches what the nanny wrote there:
   pipcore/arch/armv7/README.md.) */
#include "nanny/home.h"

#define WITH_STATUS 0x80

        .syntax unified
        .arm
        .section .rodata.agent_code, "a", %progbits
        .globl  nanny_agent_code
        .globl  nanny_agent_code_end
nanny_agent_code:
        /* AGENT_FAST, AGENT_GATE: the nanny writes the number of the service here; all registers are set. */
        svc     #0
        udf     #0                      /* AGENT_RETURN */
        .balign 16
        /* AGENT_LANDED: where a yield to this agent ends. */
        udf     #1
        .balign 16
        /* AGENT_READ */
        ldr     r0, [r1]
        udf     #2
        .balign 16
        /* AGENT_WRITE */
        str     r0, [r1]
        udf     #3
        .balign 16
        /* AGENT_LIST: calls one after the other from a list that sp points to: seven words each, the number and r0 to
           r5.  The first two are replaced by status and value; AGENT_END_OF_LIST ends the list. */
1:      pop     {r7}
        pop     {r0-r5}
        adr     r8, 2f
        add     pc, r8, r7, lsl #3
2:      .irp    service, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
        svc     #WITH_STATUS | \service
        b       3f
        .endr
3:      str     r0, [sp, #-28]
        str     r1, [sp, #-24]
        ldr     r7, [sp]
        cmn     r7, #2                  /* AGENT_END_OF_LIST */
        bne     1b
        udf     #4
nanny_agent_code_end:

        .text
        /* void nanny_enter(NannyRegisters *registers, const void *svc): calls with r0 to r5, through the instruction at
           the second argument, which is followed by a return; leaves r0 and r1 there: status and value, or, if the
           nanny left and is told of a vector, what nanny_handler has. */
        .globl  nanny_enter
        .type   nanny_enter, %function
nanny_enter:
        push    {r0, r4-r11, lr}
        ldr     r6, =nanny_stack
        str     sp, [r6]
        mov     r7, r1
        mov     lr, r0
        ldm     lr, {r0-r5}
        adr     lr, nanny_entered
        bx      r7
nanny_entered:
        pop     {r2, r4-r11, lr}
        stm     r2, {r0, r1}
        bx      lr
        .size   nanny_enter, . - nanny_enter

        /* Every vector of the nanny begins here; r0 says which. */
        .globl  nanny_handler
        .type   nanny_handler, %function
nanny_handler:
        ldr     sp, =nanny_stack
        ldr     sp, [sp]
        b       nanny_entered
        .size   nanny_handler, . - nanny_handler
        .ltorg

        /* svc #n, then svc #(WITH_STATUS + n), each with a return behind it: NANNY_SVC_BYTES for both. */
        .globl  nanny_svc
nanny_svc:
        .irp    service, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
        svc     #\service
        bx      lr
        svc     #WITH_STATUS | \service
        bx      lr
        .endr

        .bss
        .balign 4
nanny_stack:
        .long   0

        .section .note.GNU-stack, "", %progbits
