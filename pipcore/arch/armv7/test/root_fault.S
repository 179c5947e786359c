/* SPDX-License-Identifier: Apache-2.0 */
/* Root partitions that do what nobody can take: the kernel must stop the machine with one line.  FAULT says which. */

        .syntax unified
        .section .start, "ax", %progbits
        .arm
        .globl  _start
_start:
        ldr     r5, =0x3FFFF000
        mov     r6, #0

#define FAULT_UNDEFINED 1
#define FAULT_DATA 2
#define FAULT_PREFETCH 3
#define FAULT_TIMER 4
#define FAULT_TIMER_GARBAGE 5
#define FAULT_DEVICE 6

#if FAULT == FAULT_UNDEFINED
        str     r6, [r5]
        udf     #0
#elif FAULT == FAULT_DATA
        mov     r0, #0x80000000
        str     r0, [r0, #4]
#elif FAULT == FAULT_PREFETCH
        ldr     r0, =0xF0008000
        bx      r0
#elif FAULT == FAULT_TIMER
        /* interrupts welcome, and no handler */
        str     r6, [r5, #4 * 32]
        mov     r0, #1
        svc     #5
1:      b       1b
#elif FAULT == FAULT_TIMER_GARBAGE
        mov     r0, #0x80000000
        str     r0, [r5, #4 * 32]
        mov     r0, #1
        svc     #5
1:      b       1b
#elif FAULT == FAULT_DEVICE
        /* The serial port's transmitter asks for more, on line 57 of the peripherals' controller: PL011, ARM DDI 0183,
           section 3.3.10; BCM2835 ARM Peripherals, section 7.5. */
        ldr     r0, =0x3F201000
        mov     r1, #0x20
        str     r1, [r0, #0x38]
        ldr     r0, =0x3F00B000
        mov     r1, #1 << 25
        str     r1, [r0, #0x214]
        ldr     r0, =0x3F201000
        mov     r1, #'.'
        str     r1, [r0]
        mov     r1, #10
        str     r1, [r0]
        mov     r0, #1
        svc     #5
1:      b       1b
#endif
        .ltorg

        .section .note.GNU-stack, "", %progbits
