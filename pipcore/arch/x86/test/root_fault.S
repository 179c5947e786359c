/* SPDX-License-Identifier: Apache-2.0 */
/* Root partitions that do what nobody can take: the kernel must stop the machine with one line.  FAULT says which. */

        .section .start, "ax", @progbits
        .globl  _start
_start:

#define FAULT_UNDEFINED 1
#define FAULT_PAGE 2
#define FAULT_GATE_STACK 3
#define FAULT_TIMER 4
#define FAULT_TIMER_GARBAGE 5
#define FAULT_SOFTWARE_INTERRUPT 6
#define FAULT_NONE 7
#define FAULT_GIVES_VIDT 8
#define FAULT_GIVES_STACK 9
#define FAULT_GIVES_CODE 10
#define FAULT_DEVICE 11

/* Makes a partition of five pages: four of free memory, and the root's own page. */
.macro give_to_kernel page
        movl    4(%ebx), %eax           /* membegin */
        pushl   $\page
        .rept   4
        pushl   %eax
        addl    $4096, %eax
        .endr
        lcall   $0x60, $0
.endm

#if FAULT == FAULT_UNDEFINED
        movl    $0, 0xFFFFF000 + 4 * 6
        ud2
#elif FAULT == FAULT_PAGE
        movl    %eax, 0xD0000004
#elif FAULT == FAULT_GATE_STACK
        movl    $0x100000, %esp
        lcall   $0x70, $0
#elif FAULT == FAULT_TIMER
        /* interrupts welcome, and no handler */
        movl    $0, 0xFFFFF000 + 4 * 32
        pushl   $1
        lcall   $0x98, $0
1:      jmp     1b
#elif FAULT == FAULT_TIMER_GARBAGE
        movl    $0xD0000000, 0xFFFFF000 + 4 * 32
        pushl   $1
        lcall   $0x98, $0
1:      jmp     1b
#elif FAULT == FAULT_SOFTWARE_INTERRUPT
        /* the root's own software interrupt has no parent to go to */
        int     $77
#elif FAULT == FAULT_DEVICE
        /* The serial port's transmitter is empty: line 4 asks as soon as it may (16550 data sheet, IER bit 1, and
           MCR bit 3, which connects it to the controller). */
        movl    $0, 0xFFFFF000 + 4 * 36
        pushl   $0x08
        pushl   $0x3FC
        lcall   $0x30, $0
        pushl   $0x02
        pushl   $0x3F9
        lcall   $0x30, $0
        pushl   $1
        lcall   $0x98, $0
1:      jmp     1b
#elif FAULT == FAULT_GIVES_VIDT
        give_to_kernel 0xFFFFF000
        pushl   $1
        lcall   $0x98, $0
1:      jmp     1b
#elif FAULT == FAULT_GIVES_STACK
        give_to_kernel 0xFFFFE000
        pushl   %eax
#elif FAULT == FAULT_GIVES_CODE
        give_to_kernel 0x00700000
#elif FAULT == FAULT_NONE
1:      jmp     1b
#endif

        .section .note.GNU-stack, "", @progbits
