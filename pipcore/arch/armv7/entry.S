/* SPDX-License-Identifier: Apache-2.0 */
/* Every way into the kernel, and the way out.  Sections are those of ARM DDI 0406C.

   An exception masks interrupts and changes to a mode with a stack pointer and a link register of its own (B1.8.3).  In
   every such mode sp is the address of registers[], always; entry writes the user's registers there.  Then the kernel
   runs in supervisor mode, whose stack begins at the same place and grows down; it is empty whenever user mode runs. */
#include "pipcore/arch/armv7/layout.h"

        /* lr is what the exception left: the return address of the mode. */
.macro save_user_registers
        str     lr, [sp, #PIP_REGISTER_PC]
        stmib   sp, {sp, lr}^           /* the user's, at PIP_REGISTER_SP */
        add     lr, sp, #PIP_REGISTER_R0
        stm     lr, {r0-r12}
        mrs     r6, spsr
        str     r6, [sp, #PIP_REGISTER_SPSR]
.endm

        .text
        .syntax unified
        .arm
        /* B1.8.1. */
        .balign 32
        .globl  exception_vectors
exception_vectors:
        b       kernel_fault            /* reset does not come here */
        b       undefined_entry
        b       service_entry
        b       prefetch_abort_entry
        b       data_abort_entry
        b       kernel_fault            /* Hyp mode has vectors of its own */
        b       interrupt_entry
        b       kernel_fault            /* fast interrupts are masked */

/* ---------------------------------------------------------------------- services */

service_entry:
        save_user_registers
        ldr     lr, [sp, #PIP_REGISTER_PC]
        tst     r6, #(PIP_MODE_MASK & ~PIP_MODE_USER) | PIP_PSR_THUMB
        bne     unusual_service
        /* The number stands in the instruction (A8.8.228).  It was fetched from there, so it can be read with the
           rights of user mode. */
        sub     lr, lr, #4
        ldrt    r7, [lr]
        bic     r7, r7, #0xFF000000
1:      eor     r8, r7, #PIP_SVC_YIELD
        bics    r8, r8, #PIP_SVC_WITH_STATUS
        bne     2f
        /* The one service whose length counts: its arguments are in r0 to r4.  When the caller is resumed, its call has
           returned 0. */
        str     r8, [sp, #PIP_REGISTER_R0]
        str     r8, [sp, #PIP_REGISTER_R1]
        push    {r4, lr}
        bl      yieldTo
        add     sp, sp, #8
        cmp     r0, #0
        beq     leave_kernel
        str     r0, [sp, #PIP_REGISTER_R0]
        b       leave_kernel
        /* HandleService(r0, r1, r2, r3, r4, r5, number): a multiple of eight bytes on the stack. */
2:      push    {r4, r5, r7, r8}
        bl      HandleService
        add     sp, sp, #16
        b       leave_kernel

unusual_service:
        tst     r6, #PIP_MODE_MASK & ~PIP_MODE_USER
        bne     halt                    /* the kernel's own: nobody listened to its last words (StopMachine) */
        sub     lr, lr, #2
        ldrht   r7, [lr]
        and     r7, r7, #0xFF
        b       1b

/* ---------------------------------------------------------------------- interrupts */

interrupt_entry:
        sub     lr, lr, #4              /* B1.8.3, table B1-7: where to go on */
        save_user_registers
        tst     r6, #PIP_MODE_MASK & ~PIP_MODE_USER
        bne     kernel_fault
        cps     #PIP_MODE_SUPERVISOR
        bl      HandleInterrupt
        b       leave_kernel

/* ---------------------------------------------------------------------- faults */

        /* The saved pc is the address of the instruction that faulted (table B1-7). */
.macro fault vector, distance, thumb_distance
        save_user_registers
        tst     r6, #PIP_MODE_MASK & ~PIP_MODE_USER
        bne     kernel_fault
        ldr     r5, [sp, #PIP_REGISTER_PC]
        tst     r6, #PIP_PSR_THUMB
        subeq   r5, r5, #\distance
        subne   r5, r5, #\thumb_distance
        str     r5, [sp, #PIP_REGISTER_PC]
        cps     #PIP_MODE_SUPERVISOR
        mov     r0, #\vector
        b       deliver
.endm

undefined_entry:
        fault   PIP_FAULT_UNDEFINED, 4, 2
prefetch_abort_entry:
        fault   PIP_FAULT_PREFETCH_ABORT, 4, 4
data_abort_entry:
        fault   PIP_FAULT_DATA_ABORT, 8, 8

deliver:
        mov     r5, r0
        bl      deliverFault
        cmp     r0, #0
        beq     leave_kernel
        mov     r0, r5
        bl      StopForFault

        /* In whatever mode: the kernel itself, or what is masked.  The registers are those of the moment. */
kernel_fault:
        mrs     r0, cpsr
        mov     r1, lr
        cpsid   aif, #PIP_MODE_SUPERVISOR
        ldr     sp, =registers
        bl      HandleKernelFault

        .globl  halt
halt:
        cpsid   aif
1:      wfi
        b       1b

/* ---------------------------------------------------------------------- out */

        /* From boot, whose stack is not empty. */
        .globl  enter_root
enter_root:
        ldr     sp, =registers

        /* In supervisor mode, the stack empty: sp is registers[].  Of the status word a partition chooses only what
           cannot harm; IT would be unpredictable in ARM state.  Interrupts are masked for a root that is VCLI, and for
           nobody else (ABI.md section 3). */
leave_kernel:
        ldr     r0, [sp, #PIP_REGISTER_SPSR]
        tst     r0, #PIP_PSR_THUMB
        ldreq   r1, =PIP_PSR_USER & ~PIP_PSR_IF_THEN
        ldrne   r1, =PIP_PSR_USER
        and     r0, r0, r1
        ldrd    r2, r3, [sp, #PIP_RUNNING_PARTITION]
        orr     r0, r0, #PIP_PSR_FIQ_MASKED | PIP_MODE_USER
        cmp     r2, r3
        beq     2f
1:      msr     spsr_fsxc, r0
        ldmib   sp, {sp, lr}^           /* the user's, at PIP_REGISTER_SP */
        clrex                           /* no store of one partition completes a load of another (A3.4.4) */
        dsb                             /* what was written to tables is seen (B3.10.1) */
        add     lr, sp, #PIP_REGISTER_R0
        ldm     lr, {r0-r12}
        ldr     lr, [sp, #PIP_REGISTER_PC]
        movs    pc, lr

2:      mov     r1, #PIP_WINDOW
        add     r1, r1, r2, lsl #12
        ldr     r1, [r1, #PIP_DESCRIPTOR_VSTI_BYTES]
        cmp     r1, #0
        orreq   r0, r0, #PIP_PSR_IRQ_MASKED
        b       1b

        .ltorg
        .section .note.GNU-stack, "", %progbits
