/* SPDX-License-Identifier: Apache-2.0 */
/* Every way into the kernel, and the way out.  Sections are those of ARM DDI 0406C.

   An exception masks interrupts and changes to a mode with a stack pointer and a link register of its own (B1.8.3).  In
   every such mode sp is the address of r0 in registers[], always; entry writes the user's registers around it.  The
   kernel stays in the mode of the exception, on a stack that grows down from registers[] and is empty whenever user
   mode runs. */
#include "pipcore/arch/armv7/layout.h"

        /* Offsets from that sp, and how far C must keep below it, at a multiple of 8. */
#define SAVED_SPSR (PIP_REGISTER_SPSR - PIP_REGISTER_R0)
#define SAVED_R0 0
#define SAVED_R1 4
#define SAVED_PC (PIP_REGISTER_PC - PIP_REGISTER_R0)
#define SAVED_PARTITIONS (PIP_RUNNING_PARTITION - PIP_REGISTER_R0)
#define BELOW_REGISTERS PIP_REGISTER_R0

        /* lr is what the exception left, and stays. */
.macro save_user_registers
        stm     sp, {r0-r12}
        stmdb   sp, {sp, lr}^           /* the user's, at PIP_REGISTER_SP */
        mrs     r6, spsr
        str     r6, [sp, #SAVED_SPSR]
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
        str     lr, [sp, #SAVED_PC]
        tst     r6, #(PIP_MODE_MASK & ~PIP_MODE_USER) | PIP_PSR_THUMB
        bne     unusual_service
        /* The number stands in the instruction (A8.8.228).  User mode has fetched it from there. */
        ldr     r7, [lr, #-4]
        bic     r7, r7, #0xFF000000
1:      eor     r8, r7, #PIP_SVC_YIELD
        bics    r8, r8, #PIP_SVC_WITH_STATUS
        bne     other_service
        /* The one service whose length counts: its arguments are in r0 to r4.  When the caller is resumed, its call has
           returned 0. */
        str     r8, [sp, #SAVED_R0]
        str     r8, [sp, #SAVED_R1]
        str     r4, [sp, #-(BELOW_REGISTERS + 8)]!
        bl      yieldTo
        add     sp, sp, #BELOW_REGISTERS + 8
        cmp     r0, #0
        strne   r0, [sp, #SAVED_R0]

        /* In the mode of an exception, the stack empty: sp is the address of r0.  Of the status word a partition
           chooses only what cannot harm; IT would be unpredictable in ARM state.  Interrupts are masked for a root that
           is VCLI, and for nobody else (docs/abi.md). */
leave_kernel:
        ldr     r0, [sp, #SAVED_SPSR]
        ldr     r1, =PIP_PSR_USER & ~PIP_PSR_IF_THEN
        tst     r0, #PIP_PSR_THUMB
        bne     leave_to_thumb
        and     r0, r0, r1
        orr     r0, r0, #PIP_PSR_FIQ_MASKED | PIP_MODE_USER
leave_with_status:
        ldrd    r2, r3, [sp, #SAVED_PARTITIONS]
        cmp     r2, r3
        beq     leave_to_root
leave_user:
        msr     spsr_fsxc, r0
        ldr     lr, [sp, #SAVED_PC]
        ldmdb   sp, {sp, lr}^           /* the user's, at PIP_REGISTER_SP */
        clrex                           /* no store of one partition completes a load of another (A3.4.4) */
        dsb                             /* what was written to tables is seen (B3.10.1) */
        ldm     sp, {r0-r12}
        movs    pc, lr

leave_to_thumb:
        ldr     r1, =PIP_PSR_USER
        and     r0, r0, r1
        orr     r0, r0, #PIP_PSR_FIQ_MASKED | PIP_MODE_USER
        b       leave_with_status

leave_to_root:
        mov     r1, #PIP_WINDOW
        add     r1, r1, r2, lsl #12
        ldr     r1, [r1, #PIP_DESCRIPTOR_VSTI_BYTES]
        cmp     r1, #0
        orreq   r0, r0, #PIP_PSR_IRQ_MASKED
        b       leave_user

        /* HandleService(r0, r1, r2, r3, r4, r5, number).  The caller goes on, with the status word that the processor
           saved of it; only its mask may be another one. */
other_service:
        sub     sp, sp, #BELOW_REGISTERS + 16
        stm     sp, {r4, r5, r7}
        bl      HandleService
        add     sp, sp, #BELOW_REGISTERS + 16
        ldr     r0, [sp, #SAVED_SPSR]
        bic     r0, r0, #PIP_PSR_IRQ_MASKED
        bic     r0, r0, #PIP_PSR_JAZELLE
        b       leave_with_status

unusual_service:
        tst     r6, #PIP_MODE_MASK & ~PIP_MODE_USER
        bne     halt                    /* the kernel's own: nobody listened to its last words (StopMachine) */
        ldrh    r7, [lr, #-2]
        and     r7, r7, #0xFF
        b       1b

        .ltorg

/* ---------------------------------------------------------------------- interrupts */

interrupt_entry:
        save_user_registers
        sub     lr, lr, #4              /* B1.8.3, table B1-7: where to go on */
        str     lr, [sp, #SAVED_PC]
        tst     r6, #PIP_MODE_MASK & ~PIP_MODE_USER
        bne     kernel_fault
        sub     sp, sp, #BELOW_REGISTERS
        bl      HandleInterrupt
        add     sp, sp, #BELOW_REGISTERS
        b       leave_kernel

/* ---------------------------------------------------------------------- faults */

        /* The saved pc is the address of the instruction that faulted (table B1-7). */
.macro fault vector, distance, thumb_distance
        save_user_registers
        tst     r6, #(PIP_MODE_MASK & ~PIP_MODE_USER) | PIP_PSR_THUMB
        bne     1f
        sub     lr, lr, #\distance
2:      str     lr, [sp, #SAVED_PC]
        mov     r0, #\vector
        sub     sp, sp, #BELOW_REGISTERS
        bl      deliverFault
        add     sp, sp, #BELOW_REGISTERS
        cmp     r0, #0
        beq     leave_kernel
        mov     r0, #\vector
        sub     sp, sp, #BELOW_REGISTERS
        bl      StopForFault
1:      tst     r6, #PIP_MODE_MASK & ~PIP_MODE_USER
        bne     kernel_fault
        sub     lr, lr, #\thumb_distance
        b       2b
.endm

undefined_entry:
        fault   PIP_FAULT_UNDEFINED, 4, 2
prefetch_abort_entry:
        fault   PIP_FAULT_PREFETCH_ABORT, 4, 4
data_abort_entry:
        fault   PIP_FAULT_DATA_ABORT, 8, 8

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
        ldr     sp, =registers + PIP_REGISTER_R0
        b       leave_kernel

        .ltorg
        .section .note.GNU-stack, "", %progbits
