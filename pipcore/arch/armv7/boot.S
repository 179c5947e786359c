/* SPDX-License-Identifier: Apache-2.0 */
/* The first instructions, the kernel's tables, its stack, and the memory functions that compilers call.  Sections are
   those of ARM DDI 0406C. */
#include "pipcore/arch/armv7/layout.h"

#define PHYSICAL(symbol) (symbol - PIP_IMAGE_OFFSET)

/* First-level descriptors (B3.5.1): a section of normal memory, write-back, write-allocate, TEX = 001, C, B; a section
   of a device, B; no execution (bit 4), access flag (bit 10), kernel only.  A link to a second-level table. */
#define SECTION_MEMORY 0x141E
#define SECTION_DEVICE 0x0416
#define LINK 0x1
/* Second-level descriptors: small pages of normal memory, kernel only: read-only and executable, or neither. */
#define PAGE_TEXT 0x25E
#define PAGE_DATA 0x05F

#define SECTION_SHIFT 20
#define PAGE_SHIFT 12
#define PAGES_PER_TABLE 256
/* Of the window: RAM, then the peripherals, then those of the processors (BCM2836). */
#define MEMORY_SECTIONS 0x3F0
#define WINDOW_SECTIONS 0x401

        .arch_extension virt
        .section .boot, "ax", %progbits
        .syntax unified
        .arm
        /* Loaded by the firmware at 0x8000, with translation and data cache off; any core, any mode. */
        .globl  _start
_start:
        cpsid   aif
        /* One core is enough: MPIDR (B4.1.106). */
        mrc     p15, 0, r0, c0, c0, 5
        ands    r0, r0, #3
1:      wfine
        bne     1b

        /* The firmware of the Raspberry Pi starts the kernel in Hyp mode: it may use the timers and all coprocessors,
           and goes down to supervisor mode (B1.9.1). */
        mrs     r0, cpsr
        and     r1, r0, #PIP_MODE_MASK
        cmp     r1, #PIP_MODE_HYPERVISOR
        bne     2f
        mov     r1, #0
        mcr     p15, 4, r1, c1, c1, 0           /* HCR: traps nothing */
        mrc     p15, 4, r1, c14, c1, 0          /* CNTHCTL: counter and timer */
        orr     r1, r1, #3
        mcr     p15, 4, r1, c14, c1, 0
        bic     r0, r0, #PIP_MODE_MASK
        orr     r0, r0, #PIP_MODE_SUPERVISOR
        msr     spsr_cxsf, r0
        adr     r0, 2f
        msr     elr_hyp, r0
        eret
2:      cps     #PIP_MODE_SUPERVISOR

        /* ACTLR.SMP before caches and translation (Cortex-A7 TRM, DDI 0464, section 4.3.31). */
        mrc     p15, 0, r0, c1, c0, 1
        tst     r0, #1 << 6
        orreq   r0, r0, #1 << 6
        mcreq   p15, 0, r0, c1, c0, 1

        /* Everything off and forgotten before the tables are used. */
        mov     r0, #0
        mcr     p15, 0, r0, c8, c7, 0           /* TLBIALL */
        mcr     p15, 0, r0, c7, c5, 0           /* ICIALLU */
        mcr     p15, 0, r0, c7, c5, 6           /* BPIALL */
        dsb
        isb

        bl      fill_tables

        /* At first one table for all, because the program counter is a physical address: TTBCR.N = 0 (B4.1.153). */
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 2           /* TTBCR */
        mcr     p15, 0, r0, c13, c0, 1          /* CONTEXTIDR: address space 0 */
        ldr     r1, =PHYSICAL(kernel_table) + 0x48
        mcr     p15, 0, r1, c2, c0, 0           /* TTBR0 */
        mcr     p15, 0, r1, c2, c0, 1           /* TTBR1 */
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           /* DACR: entries of domain 0 are checked */
        ldr     r2, =3f
        /* SCTLR (B4.1.130): translation, caches, prediction, access flag, no kernel execution of what users write; not:
           alignment checks, high vectors, big-endian or Thumb exceptions, TEX remap, all writable never executable. */
        mrc     p15, 0, r0, c1, c0, 0
        ldr     r3, =0x520A2002
        bic     r0, r0, r3
        ldr     r3, =0x20101805
        orr     r0, r0, r3
        dsb
        mcr     p15, 0, r0, c1, c0, 0
        isb
        bx      r2

        /* In the kernel's own addresses.  User space gets a table of its own, in which there is nothing yet; the entry
           that let us come here goes. */
3:      mov     r0, #2
        mcr     p15, 0, r0, c2, c0, 2           /* TTBCR.N: the first GiB */
        isb
        ldr     r0, =PHYSICAL(kernel_directory) + 0x48
        mcr     p15, 0, r0, c2, c0, 0           /* TTBR0 */
        isb
        ldr     r1, =kernel_table
        mov     r0, #0
        str     r0, [r1]
        mcr     p15, 0, r1, c7, c11, 1          /* DCCMVAU */
        dsb
        mcr     p15, 0, r0, c8, c7, 0           /* TLBIALL */
        mcr     p15, 0, r0, c7, c5, 6           /* BPIALL */
        dsb
        isb

        ldr     r0, =exception_vectors
        mcr     p15, 0, r0, c12, c0, 0          /* VBAR */
        mov     r0, #0
        mcr     p15, 0, r0, c1, c0, 2           /* CPACR: no floating point, so none leaks */
        mcr     p15, 0, r0, c13, c0, 2          /* TPIDRURW, TPIDRURO */
        mcr     p15, 0, r0, c13, c0, 3
        mcr     p15, 0, r0, c9, c14, 0          /* PMUSERENR: no counters of events for users */
        mov     r0, #1
        mcr     p14, 6, r0, c0, c0, 0           /* TEECR.XED: users do not reach TEEHBR, which is in no context */
        mrc     p14, 0, r0, c0, c2, 2
        orr     r0, r0, #1 << 12
        mcr     p14, 0, r0, c0, c2, 2           /* DBGDSCR.UDCCdis: nor the debugger's channel (C11.11) */
        mov     r0, #2
        mcr     p15, 0, r0, c14, c1, 0          /* CNTKCTL: users read the virtual counter, and nothing else */

        /* In each mode that an exception enters, sp is where the user's r0 goes (entry.S); C's stack grows down from
           the first register. */
        ldr     r0, =registers + PIP_REGISTER_R0
        cps     #PIP_MODE_FIQ
        mov     sp, r0
        cps     #PIP_MODE_IRQ
        mov     sp, r0
        cps     #PIP_MODE_ABORT
        mov     sp, r0
        cps     #PIP_MODE_UNDEFINED
        mov     sp, r0
        cps     #PIP_MODE_SUPERVISOR
        sub     sp, r0, #PIP_REGISTER_R0
        isb
        b       BootKernel

        /* The tables at their physical addresses: memory is zero there, as the image has it.  Frames of the kernel's
           own image are left out of the window: no stray write through it reaches them. */
fill_tables:
        ldr     r0, =PHYSICAL(kernel_table)
        ldr     r1, =SECTION_MEMORY
        ldr     r2, =SECTION_DEVICE
        add     r3, r0, #(PIP_WINDOW >> SECTION_SHIFT) * 4
        mov     r4, #1
1:      cmp     r4, #MEMORY_SECTIONS
        orrlo   r5, r1, r4, lsl #SECTION_SHIFT
        orrhs   r5, r2, r4, lsl #SECTION_SHIFT
        str     r5, [r3, r4, lsl #2]
        add     r4, r4, #1
        ldr     r6, =WINDOW_SECTIONS
        cmp     r4, r6
        blo     1b
        ldr     r4, =PHYSICAL(window_table) + LINK
        str     r4, [r3]
        ldr     r4, =PHYSICAL(image_table) + LINK
        ldr     r3, =(PIP_IMAGE_OFFSET >> SECTION_SHIFT) * 4
        str     r4, [r0, r3]
        /* The way in: this image at its physical addresses. */
        str     r4, [r0]

        ldr     r0, =PHYSICAL(image_table)
        ldr     r1, =PHYSICAL(window_table)
        ldr     r2, =PHYSICAL(kernel_begin)
        ldr     r3, =PHYSICAL(kernel_data_begin)
        ldr     r4, =PHYSICAL(kernel_end)
        ldr     r5, =PHYSICAL(kernel_stack_guard)
        ldr     r6, =PAGE_TEXT
        mov     r7, #PAGE_DATA
        mov     r8, #0
2:      mov     r9, r8, lsl #PAGE_SHIFT
        orr     r11, r9, r7
        cmp     r9, r2
        blo     4f
        cmp     r9, r4
        bhs     4f
        mov     r11, #0
        cmp     r9, r3
        orrlo   r10, r9, r6
        orrhs   r10, r9, r7
        cmp     r9, r5
        moveq   r10, #0
        str     r10, [r0, r8, lsl #2]
4:      str     r11, [r1, r8, lsl #2]
        add     r8, r8, #1
        cmp     r8, #PAGES_PER_TABLE
        blo     2b
        bx      lr

        .ltorg

        .section .tables, "aw", %progbits
        .balign 16384
        .globl  kernel_table
kernel_table:
        .skip   16384
        .globl  image_table
        /* kernel_table.h takes the two as one. */
image_table:
        .skip   1024
window_table:
        .skip   1024

        /* The stack is a page, and the page below it is not mapped.  The user's registers stand at its end, and what
           pip/memory.h declares beside them. */
        .section .stack, "aw", %progbits
        .balign 4096
        .globl  kernel_stack_guard, registers, running_partition, root_partition
kernel_stack_guard:
        .skip   4096
        .skip   PIP_STACK_BYTES
registers:
        .skip   PIP_RUNNING_PARTITION
        /* Where the way out finds them with one instruction. */
running_partition:
        .skip   4
root_partition:
        .skip   4

        /* What a freestanding compiler may call (GCC manual, "Standards"; Run-time ABI for the ARM Architecture,
           section 4.3.4). */
        .text
        .syntax unified
        .arm
        .globl  memcpy, __aeabi_memcpy, __aeabi_memcpy4, __aeabi_memcpy8
memcpy:
__aeabi_memcpy:
__aeabi_memcpy4:
__aeabi_memcpy8:
        mov     r12, r0
        orr     r3, r0, r1
        orr     r3, r3, r2
        tst     r3, #31
        bne     2f
        /* Multiples of 32, such as pages. */
        push    {r4-r10, lr}
1:      subs    r2, r2, #32
        ldmhs   r1!, {r3-r10}
        stmhs   r12!, {r3-r10}
        bhi     1b
        pop     {r4-r10, pc}
2:      subs    r2, r2, #1
        bxlo    lr
        ldrb    r3, [r1], #1
        strb    r3, [r12], #1
        b       2b

        /* __aeabi_memset has its last two arguments the other way round. */
        .globl  memset, __aeabi_memset, __aeabi_memset4, __aeabi_memset8
        .globl  __aeabi_memclr, __aeabi_memclr4, __aeabi_memclr8
__aeabi_memclr:
__aeabi_memclr4:
__aeabi_memclr8:
        mov     r2, #0
__aeabi_memset:
__aeabi_memset4:
__aeabi_memset8:
        mov     r3, r1
        mov     r1, r2
        mov     r2, r3
memset:
        mov     r12, r0
        orr     r3, r0, r2
        tst     r3, #31
        bne     3f
        /* Multiples of 32, such as a page. */
        and     r1, r1, #0xFF
        orr     r1, r1, r1, lsl #8
        orr     r1, r1, r1, lsl #16
        push    {r4-r9, lr}
        mov     r3, r1
        mov     r4, r1
        mov     r5, r1
        mov     r6, r1
        mov     r7, r1
        mov     r8, r1
        mov     r9, r1
2:      subs    r2, r2, #32
        stmhs   r12!, {r1, r3-r9}
        bhi     2b
        pop     {r4-r9, pc}
3:      subs    r2, r2, #1
        bxlo    lr
        strb    r1, [r12], #1
        b       3b

        .section .note.GNU-stack, "", %progbits
