/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile child does, and what must come of it.  Each attack is a piece of code that runs in a child of the
   test's root partition; the table says with which vector the root must be told, or that the child gets through. */

#include "pip/calltable.h"
#include "pipcore/arch/test/attacks.h"

#define WITH_STATUS 0x80
#define UNDEFINED 0
#define PREFETCH_ABORT 1
#define DATA_ABORT 2
#define VIDT 0x3FFFF000
#define BIG_ENDIAN 0x200
#define THUMB 0x20

/* attack NAME VECTOR [VECTOR]: the code follows; either vector is right. */
.macro attack name, first, second=-1
        .section .rodata.attack_names, "a", %progbits
name_\name:
        .asciz  "\name"
        .section .rodata.attacks, "a", %progbits
        .long   name_\name, attack_\name, \first, \second
        .text
        .arm
        udf     #0                      /* whoever comes through from the attack before */
        .ltorg
        .balign 16
attack_\name:
.endm

/* The child yields to the root's context ATTACK_DONE_SLOT; its own goes to that of a slot. */
.macro yield_to_root slot
        mov     r0, #0
        mov     r1, #ATTACK_DONE_SLOT
        mov     r2, #\slot
        mov     r3, #0
        mov     r4, #0
        svc     #WITH_STATUS | PIP_SERVICE_YIELD
.endm
.macro get_through
        yield_to_root ATTACK_NO_SLOT
        udf     #0
.endm

/* Names a context of the child's own for a slot of its VIDT. */
.macro set_slot slot, context
        ldr     r0, =VIDT + 4 * \slot
        ldr     r1, =\context
        str     r1, [r0]
.endm

        .syntax unified
        .arch_extension sec
        .arch_extension virt
        .fpu    neon
        .globl  attacks_begin
        .section .rodata.attacks, "a", %progbits
        .balign 4
attacks_begin:

/* Privileged instructions. */
attack read_sctlr, UNDEFINED
        mrc     p15, 0, r0, c1, c0, 0
attack write_ttbr0, UNDEFINED
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 0
attack write_vbar, UNDEFINED
        mcr     p15, 0, r0, c12, c0, 0
attack clean_cache, UNDEFINED
        ldr     r0, =attack_memory
        mcr     p15, 0, r0, c7, c10, 1
attack flush_tlb, UNDEFINED
        mcr     p15, 0, r0, c8, c7, 0
attack write_read_only_thread_id, UNDEFINED
        mcr     p15, 0, r0, c13, c0, 3
attack write_thumbee_handlers, UNDEFINED
        mcr     p14, 6, r0, c1, c0, 0
attack read_thumbee_handlers, UNDEFINED
        mrc     p14, 6, r0, c1, c0, 0
attack allow_thumbee_handlers, UNDEFINED
        mov     r0, #0
        mcr     p14, 6, r0, c0, c0, 0
attack debug_channel, UNDEFINED
        mcr     p14, 0, r0, c0, c5, 0
attack monitor_debug, UNDEFINED
        mcr     p14, 0, r0, c0, c2, 2
attack swap, UNDEFINED
        ldr     r1, =attack_memory
        .inst   0xE1010090              /* swp r0, r0, [r1] */
attack cycle_counter, UNDEFINED
        mrc     p15, 0, r0, c9, c13, 0
attack physical_timer, UNDEFINED
        mov     r0, #1
        mcr     p15, 0, r0, c14, c2, 1
attack virtual_timer, UNDEFINED
        mov     r0, #1
        mcr     p15, 0, r0, c14, c3, 1
attack smc, UNDEFINED
        smc     #0
attack hvc, UNDEFINED
        hvc     #0
attack floating_point, UNDEFINED
        vmov    s0, r0
attack enable_floating_point, UNDEFINED
        mov     r0, #0x40000000
        vmsr    fpexc, r0
attack simd, UNDEFINED
        vadd.i32 q0, q1, q2
attack other_coprocessor, UNDEFINED
        mrc     p7, 0, r0, c0, c0, 0
attack undefined_instruction, UNDEFINED
        udf     #1
attack undefined_thumb_instruction, UNDEFINED
        adr     r0, 1f + 1
        bx      r0
        .thumb
1:      udf     #1
        .arm
attack breakpoint, PREFETCH_ABORT
        bkpt    #0

/* Foreign memory. */
attack read_window, DATA_ABORT
        mov     r0, #0x80000000
        ldr     r0, [r0]
attack write_window, DATA_ABORT
        mov     r0, #0x80000000
        str     r0, [r0, #4]
attack read_window_unprivileged, DATA_ABORT
        mov     r0, #0x80000000
        ldrt    r1, [r0]
attack read_kernel, DATA_ABORT
        ldr     r0, =0xF0008000
        ldr     r0, [r0]
attack write_kernel, DATA_ABORT
        ldr     r0, =0xF0008000
        str     r0, [r0]
attack read_above_user_space, DATA_ABORT
        mov     r0, #0x40000000
        ldr     r0, [r0]
attack read_last_word, DATA_ABORT
        mvn     r0, #3
        ldr     r0, [r0]
attack read_address_0, DATA_ABORT
        mov     r0, #0
        ldr     r0, [r0]
attack read_devices, DATA_ABORT
        ldr     r0, =0x3F201000
        ldr     r0, [r0]
attack write_code, DATA_ABORT
        adr     r0, attack_write_code
        str     r0, [r0]
attack run_window, PREFETCH_ABORT
        mov     r0, #0x80000000
        bx      r0
attack run_kernel, PREFETCH_ABORT
        ldr     r0, =0xF0008000
        bx      r0
attack run_vectors, PREFETCH_ABORT
        ldr     r0, =0xFFFF0000
        bx      r0
attack run_vidt, PREFETCH_ABORT
        ldr     r0, =VIDT
        bx      r0
attack run_writable_memory, PREFETCH_ABORT
        ldr     r0, =attack_memory
        bx      r0
attack unaligned_load_multiple, DATA_ABORT
        ldr     r0, =attack_memory + 2
        ldm     r0, {r1, r2}
attack load_over_the_end, DATA_ABORT
        ldr     r0, =0x40000000 - 2
        ldr     r1, [r0]

/* Flags, modes, stacks. */
attack mask_interrupts, ATTACK_UNTIL_TICKS
        cpsid   aif
1:      b       1b
attack write_mode, ATTACK_UNTIL_TICKS
        mov     r0, #0xD3
        msr     cpsr_fsxc, r0
1:      b       1b
attack mode_stays_user, ATTACK_THROUGH
        cps     #0x13
        mov     r0, #0x1F
        msr     cpsr_fsxc, r0
        mrs     r0, cpsr
        and     r0, r0, #0x1F
        cmp     r0, #0x10
        udfne   #0
        get_through
attack big_endian, ATTACK_THROUGH
        ldr     r6, =attack_memory
        setend  be
        mov     r7, #1
        str     r7, [r6]
        mov     r0, #0x700000
        svc     #WITH_STATUS | PIP_SERVICE_MAPPED_IN_CHILD
        ldr     r0, [r6]
        cmp     r0, #1
        setend  le
        udfne   #0
        get_through
attack big_endian_fault, DATA_ABORT
        setend  be
        mov     r0, #0
        ldr     r0, [r0]
attack stack_in_kernel, ATTACK_THROUGH
        ldr     sp, =0xF0008000
        mvn     lr, #0
        get_through
attack thumb, ATTACK_THROUGH
        adr     r0, 1f + 1
        bx      r0
        .thumb
1:      movs    r0, #0
        movs    r1, #0x70
        lsls    r0, r1, #16
        svc     #WITH_STATUS | PIP_SERVICE_MAPPED_IN_CHILD
        cmp     r0, #0
        bne     2f
        svc     #0x7F
        adds    r0, r0, #1
        bne     2f
        .balign 4
        bx      pc
        nop
        .arm
        get_through
        .thumb
2:      udf     #2
        .arm
attack if_then_block, ATTACK_THROUGH
        adr     r0, 1f + 1
        bx      r0
        .thumb
1:      movs    r0, #0
        ittt    eq
        svceq   #0x7F
        addseq  r0, r0, #1
        moveq   r5, #7
        .balign 4
        bx      pc
        nop
        .arm
        cmp     r0, #0
        cmpeq   r5, #7
        udfne   #0
        get_through
attack wait_for_interrupt, ATTACK_THROUGH
        wfi
        get_through
attack barriers_and_hints, ATTACK_THROUGH
        dsb
        dmb
        isb
        wfe
        sev
        clrex
        pld     [r0]
        mrc     p15, 0, r0, c13, c0, 3
        cmp     r0, #0
        udfne   #0
        mrrc    p15, 1, r0, r1, c14
        get_through

/* The thread register that anybody may write is no way from one partition to another. */
attack write_thread_id, ATTACK_THROUGH
        ldr     r0, =0xC0FFEE
        mcr     p15, 0, r0, c13, c0, 2
        get_through
attack read_thread_id, ATTACK_THROUGH
        mrc     p15, 0, r0, c13, c0, 2
        cmp     r0, #0
        udfne   #0
        get_through

/* Services that do not exist, and those that a child may not use. */
attack unknown_services, ATTACK_THROUGH
        svc     #12
        cmn     r0, #1
        udfne   #0
        svc     #0x7F
        cmn     r0, #1
        udfne   #0
        svc     #0x8C
        cmn     r0, #1
        udfne   #0
        svc     #0x100
        cmn     r0, #1
        udfne   #0
        svc     #0xFFFFFF
        cmn     r0, #1
        udfne   #0
        svc     #0x123456
        cmn     r0, #1
        udfne   #0
        get_through
attack put_character, ATTACK_THROUGH
        mov     r0, #'x'
        svc     #WITH_STATUS | PIP_SERVICE_DEBUG_PUTC
        cmp     r0, #25
        udfne   #0
        get_through
attack registers_are_kept, ATTACK_THROUGH
        mov     r2, #2
        mov     r3, #3
        mov     r4, #4
        mov     r5, #5
        mov     r6, #6
        mov     r7, #7
        mov     r8, #8
        mov     r9, #9
        mov     r10, #10
        mov     r11, #11
        mov     r12, #12
        mov     lr, #14
        mov     r0, #0x700000
        svc     #WITH_STATUS | PIP_SERVICE_MAPPED_IN_CHILD
        cmp     r0, #0
        cmpeq   r1, #0
        cmpeq   r2, #2
        cmpeq   r3, #3
        cmpeq   r4, #4
        cmpeq   r5, #5
        cmpeq   r6, #6
        cmpeq   r7, #7
        cmpeq   r8, #8
        cmpeq   r9, #9
        cmpeq   r10, #10
        cmpeq   r11, #11
        cmpeq   r12, #12
        cmpeq   lr, #14
        udfne   #0
        get_through

/* Time. */
attack spin, ATTACK_UNTIL_TICKS
1:      b       1b
attack storm, ATTACK_UNTIL_STORM
1:      mov     r0, #0x700000
        svc     #WITH_STATUS | PIP_SERVICE_MAPPED_IN_CHILD
        cmp     r0, #0
        udfne   #0
        svc     #PIP_SERVICE_MAPPED_IN_CHILD
        b       1b
attack storm_of_refusals, ATTACK_UNTIL_STORM
1:      mov     r0, #0
        mvn     r1, #0
        svc     #WITH_STATUS | PIP_SERVICE_YIELD
        cmp     r0, #1
        udfne   #0
        b       1b
attack no_place_for_registers, ATTACK_LOST
        set_slot 48, 0
1:      b       1b
/* Not written there; resumed, the child goes on where these instructions, taken for a context, say. */
attack registers_into_code, PREFETCH_ABORT
        set_slot 48, attack_registers_into_code
1:      b       1b
attack registers_into_kernel, ATTACK_LOST
        set_slot 48, 0xF0008000
1:      b       1b
attack registers_across_the_end, ATTACK_LOST
        set_slot 48, 0x3FFFFFF8
1:      b       1b
attack to_and_fro, ATTACK_TO_AND_FRO
        set_slot ATTACK_AGAIN_SLOT, attack_memory + 0x800
1:      yield_to_root ATTACK_AGAIN_SLOT
        cmp     r0, #0
        udfne   #0
        b       1b
/* At an odd address, and across two pages. */
attack to_and_fro_unaligned, ATTACK_TO_AND_FRO
        set_slot ATTACK_AGAIN_SLOT, attack_memory + 0x801
1:      yield_to_root ATTACK_AGAIN_SLOT
        cmp     r0, #0
        udfne   #0
        b       1b
/* A context that asks for supervisor mode with all masked, big-endian, and for IT bits in ARM state; another that asks
   for Jazelle state. */
attack to_and_fro_with_any_status, ATTACK_TO_AND_FRO
        set_slot ATTACK_AGAIN_SLOT, attack_memory + 0x800
        ldr     r8, =attack_memory + 0x800
        ldr     r5, =0xFFFFFFDF & ~(THUMB | BIG_ENDIAN)
        str     r5, [r8]
        str     sp, [r8, #4]
        adr     r5, 1f
        str     r5, [r8, #64]
1:      setend  le
        mrs     r5, cpsr
        and     r5, r5, #0xDF
        cmp     r5, #0x50
        udfne   #0
        yield_to_root ATTACK_NO_SLOT
        udf     #0

        .globl  attacks_end
        .section .rodata.attacks, "a", %progbits
attacks_end:
        .text
        udf     #0
        .ltorg

        /* Where the test's root is told: r0 has the vector. */
        .globl  handler_entry
handler_entry:
        b       OnVector

        .section .note.GNU-stack, "", %progbits
