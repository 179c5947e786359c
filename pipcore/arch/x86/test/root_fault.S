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
#define FAULT_DEAF_TO_CHILD 12
#define FAULT_CHILD_TAKES_VIDT 13

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

/* A child with a VIDT of zeros but for the context at which it begins: of free memory, from EDI on. */
#define CHILD_VIDT 0xFFFFF000
/* In the root's stack page. */
#define CHILD_NAME 0xFFFFE000
#define TICK_CONTEXT 0xFFFFEC00
.macro call_gate selector, words
        lcall   $\selector, $0
        addl    $4 * \words, %esp
.endm
.macro make_child entry
        movl    4(%ebx), %edi           /* membegin */
        leal    0x4000(%edi), %eax
        .rept   5
        pushl   %eax
        subl    $4096, %eax
        .endr
        call_gate 0x60, 5
        movl    %edi, %ebp              /* the child's name */
        addl    $0x5000, %edi
        prepare_for CHILD_VIDT
        movl    $CHILD_VIDT + 0x800, (%edi)
        movl    $\entry, 0x800(%edi)
        movl    $CHILD_VIDT + 0x800, 0x800 + 24(%edi)
        movl    $CHILD_VIDT + 0x840, 4 * 48(%edi)
        give_child %edi, CHILD_VIDT
        addl    $4096, %edi
        /* whenever the timer ticks, the child goes on */
        movl    %ebp, CHILD_NAME
        movl    $7f, TICK_CONTEXT
        movl    $TICK_CONTEXT, TICK_CONTEXT + 24
        movl    $TICK_CONTEXT, 0xFFFFF000 + 4 * 32
        jmp     8f
7:      yield_to_child 48
8:
.endm
.macro prepare_for address
        leal    4096(%edi), %eax
        movl    %eax, (%edi)
        leal    8192(%edi), %eax
        movl    %eax, 4096(%edi)
        pushl   %edi
        pushl   $\address
        pushl   %ebp
        call_gate 0x70, 3
        addl    $3 * 4096, %edi
.endm
.macro give_child page, address
        pushl   $1
        pushl   $1
        pushl   $1
        pushl   $\address
        pushl   %ebp
        pushl   \page
        call_gate 0x78, 6
.endm
.macro yield_to_child vector
        pushl   $0
        pushl   $0
        pushl   $60                     /* a slot that is 0 */
        pushl   $\vector
        pushl   CHILD_NAME
        lcall   $0xC0, $0
        movl    $1, 0xD0000000          /* not reached: the wrong last words */
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
#elif FAULT == FAULT_DEAF_TO_CHILD
        /* the child begins where nothing is; the root hears neither of its fault nor of a double fault */
        movl    $0, 0xFFFFF000 + 4 * 8
        movl    $0, 0xFFFFF000 + 4 * 14
        make_child 0
        yield_to_child 0
#elif FAULT == FAULT_CHILD_TAKES_VIDT
        /* the root shares its VIDT with the child, and the child makes a kernel structure of it */
        make_child 1f
        prepare_for 0x00700000
        give_child $0x00700000, 0x00700000
        .irp    address, 0x00600000, 0x00601000, 0x00602000, 0x00603000
        give_child %edi, \address
        addl    $4096, %edi
        .endr
        give_child $0xFFFFF000, 0x00604000
        yield_to_child 0
1:      .irp    address, 0x00604000, 0x00603000, 0x00602000, 0x00601000, 0x00600000
        pushl   $\address
        .endr
        lcall   $0x60, $0
2:      jmp     2b
#elif FAULT == FAULT_NONE
1:      jmp     1b
#endif

        .section .note.GNU-stack, "", @progbits
