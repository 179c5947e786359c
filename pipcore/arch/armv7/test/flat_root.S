/* SPDX-License-Identifier: Apache-2.0 */
/* A root partition that knows nothing but the interface (docs/abi.md), as one that was built elsewhere: no header,
   no library, no rule of this repository; the BUILD file calls compiler and objcopy itself.  It makes each call through
   the plain svc, with a child that runs, is interrupted, faults, and is taken apart again. */

#define CREATE_PARTITION 0
#define COUNT_TO_MAP 1
#define PREPARE 2
#define ADD_VADDR 3
#define GET_INT_STATE 4
#define SET_INT_STATE 5
#define REMOVE_VADDR 6
#define MAPPED_IN_CHILD 7
#define DELETE_PARTITION 8
#define COLLECT 9
#define YIELD 10
#define PUTCHAR 11

#define VIDT 0x3FFFF000
#define CHILD_CODE 0x00A00000
#define TIMER_VECTOR 32
#define SLOT_BACK 60
#define SLOT_NOTHING 61

/* Offsets in a context: spsr, sp, lr, r0 to r12, pc, pipflags, valid. */
#define CONTEXT_SP 4
#define CONTEXT_R0 12
#define CONTEXT_PC 64
#define CONTEXT_VALID 72
#define CONTEXT_BYTES 76

        .syntax unified
        .arch   armv7-a
        .arm

/* fail CONDITION NUMBER: ends with FAIL and a letter, if the condition holds. */
.macro  fail condition, letter
        mov\condition   r0, #\letter
        b\condition     failed
.endm
/* Calls a service; its result must be the word. */
.macro  expect service, result, letter
        svc     #\service
        ldr     r12, =\result
        cmp     r0, r12
        fail    ne, \letter
.endm
/* A page of free memory. */
.macro  take register
        mov     \register, r4
        add     r4, r4, #0x1000
.endm

        .text
entry:
        /* What the interface promises at the start. */
        ldr     r1, =0x3FFFE000
        cmp     r0, r1
        fail    ne, 'a'
        ldr     r1, =0x3FFFDFB4
        cmp     sp, r1
        fail    ne, 'b'
        adr     r1, entry
        cmp     r1, #0x700000
        fail    ne, 'c'
        ldr     r1, [r0]
        ldr     r2, =0xDEADCAFE
        cmp     r1, r2
        fail    ne, 'd'
        ldr     r4, [r0, #4]            /* memory begins; from here on the next free page */

        /* A child, and its descriptor's address in r8. */
        mov     r8, r4
        ldr     r0, =child
        str     r8, [r0]
        take    r0
        take    r1
        take    r2
        take    r3
        take    r6
        push    {r4}
        mov     r4, r6
        expect  CREATE_PARTITION, 1, 'e'
        pop     {r4}

        /* Tables for its code, then for its VIDT. */
        ldr     r9, =CHILD_CODE
        bl      prepare
        ldr     r9, =VIDT
        bl      prepare

        /* Its code and a VIDT, both in pages that it gets. */
        take    r6
        ldr     r1, =child_begin
        ldr     r2, =child_end
        mov     r3, r6
1:      ldr     r0, [r1], #4
        str     r0, [r3], #4
        cmp     r1, r2
        blo     1b
        take    r7
        /* VIDT[0]: the context with which it starts, in the half of the page that nobody uses as a table. */
        ldr     r0, =VIDT + 0x800
        str     r0, [r7]
        ldr     r0, =VIDT + 0x900
        str     r0, [r7, #4 * 48]
        str     r0, [r7, #4 * 49]
        add     r3, r7, #0x800
        mov     r0, #0x10
        str     r0, [r3]
        ldr     r0, =CHILD_CODE
        str     r0, [r3, #CONTEXT_PC]
        mov     r0, #1
        str     r0, [r3, #CONTEXT_VALID]
        ldr     r0, =0xC0FFEE
        str     r0, [r3, #CONTEXT_R0]
        mov     r0, r6
        ldr     r2, =CHILD_CODE
        bl      add
        mov     r0, r7
        ldr     r2, =VIDT
        bl      add
        mov     r0, r6
        svc     #MAPPED_IN_CHILD
        cmp     r0, r8
        fail    ne, 'f'
        mov     r0, r8
        expect  GET_INT_STATE, 0, 'g'
        mov     r0, r4
        expect  GET_INT_STATE, 0xFFFFFFFF, 'h'

        /* Our own VIDT: where we go on, nothing, the timer, an undefined instruction of the child. */
        ldr     r10, =VIDT
        ldr     r0, =here
        str     r0, [r10, #4 * SLOT_BACK]
        mov     r0, #0
        str     r0, [r10, #4 * SLOT_NOTHING]
        ldr     r0, =on_timer_context
        str     r0, [r10, #4 * TIMER_VECTOR]
        ldr     r0, =on_fault_context
        str     r0, [r10]
        mov     r0, #0
        svc     #SET_INT_STATE

        /* The child yields to us, then spins until the timer has come, then faults. */
        mov     r0, r8
        mov     r1, #0
        mov     r2, #SLOT_BACK
        mov     r3, #0
        push    {r4}
        mov     r4, #0
        expect  YIELD, 0, 'i'
        pop     {r4}
        ldr     r0, =ticked
        ldr     r0, [r0]
        cmp     r0, #1
        fail    ne, 'j'
        ldr     r0, [r6, #0xF00]        /* what the child wrote */
        ldr     r1, =0xC0FFEF
        cmp     r0, r1
        fail    ne, 'k'
        /* Refusals of yield, with their numbers. */
        mov     r0, r8
        mov     r1, #1024
        mov     r2, #0
        expect  YIELD, 1, 'l'
        mov     r0, #0
        mov     r1, #0
        expect  YIELD, 3, 'm'

        /* All back. */
        mov     r0, r8
        ldr     r1, =CHILD_CODE
        expect  REMOVE_VADDR, 1, 'n'
        mov     r0, r8
        ldr     r1, =CHILD_CODE
        svc     #COLLECT
        mov     r11, #0
2:      cmp     r0, #0
        ldrne   r0, [r0]
        addne   r11, r11, #1
        bne     2b
        cmp     r11, #3
        fail    ne, 'o'
        mov     r0, r8
        expect  DELETE_PARTITION, 1, 'p'
        mov     r0, r8
        expect  DELETE_PARTITION, 0, 'q'
        mov     r0, r7
        expect  MAPPED_IN_CHILD, 0, 'r'
        ldr     r6, =passed
        b       end

/* Three pages in a list, for the child's address in r9. */
prepare:
        mov     r0, r8
        mov     r1, r9
        expect  COUNT_TO_MAP, 3, 's'
        take    r2
        take    r3
        take    r6
        str     r3, [r2]
        str     r6, [r3]
        mov     r0, #0
        str     r0, [r6]
        mov     r0, r8
        mov     r1, r9
        expect  PREPARE, 1, 't'
        bx      lr

/* The page r0 to the child's address r2, with all rights. */
add:
        mov     r1, r8
        mov     r3, #1
        push    {r4, r5}
        mov     r4, #1
        mov     r5, #1
        expect  ADD_VADDR, 1, 'u'
        pop     {r4, r5}
        bx      lr

on_timer:
        ldr     r0, =ticked
        mov     r1, #1
        str     r1, [r0]
        /* The child goes on where the tick stopped it. */
        ldr     r0, =child
        ldr     r0, [r0]
        mov     r1, #48
        mov     r2, #SLOT_NOTHING
        mov     r3, #0
        mov     r4, #0
        svc     #YIELD
        mov     r0, #'v'
        b       failed
on_fault:
        /* Back to where the yield left: its registers, and 0 as its result. */
        ldr     r0, =here
        ldr     sp, [r0, #CONTEXT_SP]
        ldr     lr, [r0, #CONTEXT_PC]
        add     r1, r0, #CONTEXT_R0 + 16
        ldm     r1, {r4-r12}
        mov     r0, #0
        bx      lr

failed:
        ldr     r1, =letter
        strb    r0, [r1]
        ldr     r6, =text
end:    ldrb    r0, [r6], #1
        cmp     r0, #0
        beq     off
        svc     #PUTCHAR
        b       end
        /* The machine's power management: BCM2835, which is at its physical address. */
off:    ldr     r0, =0x3F100000
        ldr     r1, =0x5A000555
        str     r1, [r0, #0x20]
        ldr     r1, =0x5A000001
        str     r1, [r0, #0x24]
        ldr     r1, =0x5A000020
        str     r1, [r0, #0x1C]
3:      b       3b

        .balign 4
child_begin:
        add     r0, r0, #1
        ldr     r1, =CHILD_CODE + 0xF00
        str     r0, [r1]
        ldr     r2, =0x4000000
4:      subs    r2, r2, #1
        bne     4b
        udf     #0
        .ltorg
child_end:

        .balign 4
here:   .skip   CONTEXT_BYTES
on_timer_context:
        .long   0x10, 0x3FFFDF00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, on_timer, 0, 1
on_fault_context:
        .long   0x10, 0x3FFFDF00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, on_fault, 0, 1
ticked: .long   0
child:  .long   0
text:   .ascii  "FAIL flat root: check "
letter: .asciz  "?\r\n"
passed: .asciz  "PASS flat root: every call through the interface alone\r\n"
