/* SPDX-License-Identifier: Apache-2.0 */
/* The Multiboot header, the first instructions, the kernel's stack, and the memory functions that compilers call. */

/* Multiboot Specification version 0.6.96, section 3.1: modules on page boundaries, and the memory map. */
#define MULTIBOOT_HEADER_MAGIC 0x1BADB002
#define MULTIBOOT_HEADER_FLAGS 0x3

#include "pipcore/arch/x86/layout.h"

        .section .multiboot, "a", @progbits
        .balign 4
        .long   MULTIBOOT_HEADER_MAGIC
        .long   MULTIBOOT_HEADER_FLAGS
        .long   -(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_HEADER_FLAGS)

        .text
        /* Protected mode, flat segments, no paging, interrupts off; EAX the loader's magic, EBX the address of its
           information (section 3.2).  ESP and EFLAGS may be anything. */
        .globl  _start
_start:
        movl    $kernel_stack_top, %esp
        pushl   $PIP_EFLAGS_FIXED
        popfl
        xorl    %ebp, %ebp
        pushl   %ebx
        pushl   %eax

        /* The compiler's code is for processors with CMOV: CPUID exists if bit 21 of EFLAGS can be changed (Intel SDM
           volume 1, section 20.1.2), and bit 15 of EDX of leaf 1 is CMOV. */
        pushl   $PIP_EFLAGS_FIXED | PIP_EFLAGS_ID
        popfl
        pushfl
        popl    %eax
        testl   $PIP_EFLAGS_ID, %eax
        jz      1f
        movl    $1, %eax
        cpuid
        testl   $1 << 15, %edx
        jz      1f
        call    BootKernel

        /* Last words without a compiler: to a serial port as it is, then the failure exit of QEMU. */
1:      movl    $old_processor, %esi
        movl    $0x3F8, %edx
2:      lodsb
        testb   %al, %al
        jz      3f
        outb    %al, %dx
        jmp     2b
3:      movb    $1, %al
        outb    %al, $0xF4
4:      hlt
        jmp     4b

        .section .rodata
old_processor:
        .asciz  "Pip: this processor is too old: Pip needs a Pentium Pro or later\r\n"
        .text

        /* With the kernel's descriptor tables in place: segments that do not depend on the loader's. */
        .globl  ReloadSegments
ReloadSegments:
        ljmp    $PIP_KERNEL_CODE, $1f
1:      movl    $PIP_KERNEL_DATA, %eax
        movw    %ax, %ss
        movl    $PIP_USER_DATA, %eax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        ret

        /* The stack is a page, and the page below it is not mapped. */
        .section .stack, "aw", @nobits
        .balign 4096
        .globl  kernel_stack_guard, kernel_stack_top
kernel_stack_guard:
        .skip   4096
        .skip   PIP_STACK_BYTES
kernel_stack_top:

        /* What a freestanding compiler may call (GCC manual, "Standards").  cdecl; direction flag clear. */
        .text
        .globl  memset
memset:
        pushl   %edi
        movl    8(%esp), %edi
        movl    12(%esp), %eax
        movl    16(%esp), %ecx
        rep stosb
        movl    8(%esp), %eax
        popl    %edi
        ret

        .globl  memcpy
memcpy:
        pushl   %esi
        pushl   %edi
        movl    12(%esp), %edi
        movl    16(%esp), %esi
        movl    20(%esp), %ecx
        movl    %edi, %eax
        rep movsb
        popl    %edi
        popl    %esi
        ret

        .section .note.GNU-stack, "", @progbits
