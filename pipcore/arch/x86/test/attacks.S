/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile child does, and what must come of it.  Each attack is a piece of code that runs in a child of the
   test's root partition; the table says with which vector the root must be told, or that the child gets through. */

#include "pip/calltable.h"
#include "pipcore/arch/test/attacks.h"

/* attack NAME VECTOR [VECTOR]: the code follows; either vector is right. */
.macro attack name, first, second=-1
        .section .rodata.attack_names, "a", @progbits
name_\name:
        .asciz  "\name"
        .section .rodata.attacks, "a", @progbits
        .long   name_\name, attack_\name, \first, \second
        .text
        ud2                             /* whoever comes through from the attack before */
        .balign 16
attack_\name:
.endm

/* The child gets through: it yields to the root's context ATTACK_DONE_SLOT.  The stack is for the arguments only. */
.macro get_through
        movl    $attack_memory + 4096, %esp
        pushl   $0
        pushl   $0
        pushl   $ATTACK_NO_SLOT
        pushl   $ATTACK_DONE_SLOT
        pushl   $0
        lcall   $PIP_GATE_YIELD, $0
        ud2
.endm

/* A call that changes nothing, through the gate and through SYSENTER, with these flags set before. */
.macro call_gate_with_flags flags
        pushl   $0x700000
        pushl   $\flags
        popfl
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
        pushl   $2
        popfl
.endm
.macro sysenter_with_flags flags
        movl    $0x700000, %ebx
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        movl    $1f, %edx
        pushl   $\flags
        movl    %esp, %ecx
        addl    $4, %ecx
        popfl
        sysenter
1:      pushl   $2
        popfl
.endm

#define TF 0x100
#define DF 0x400
#define NT 0x4000
#define AC 0x40000
#define ID 0x200000

        .globl  attacks_begin
        .section .rodata.attacks, "a", @progbits
attacks_begin:

/* Privileged instructions. */
attack cli, 13
        cli
attack sti, 13
        sti
attack hlt, 13
        hlt
attack in, 13
        inb     $0x60, %al
attack out, 13
        outb    %al, $0x20
attack outs, 13
        movl    $0x700000, %esi
        movl    $0x3F8, %edx
        outsb
attack lgdt, 13
        lgdt    0x700000
attack lidt, 13
        lidt    0x700000
attack lldt, 13
        xorl    %eax, %eax
        lldt    %ax
attack ltr, 13
        movl    $0x28, %eax
        ltr     %ax
attack lmsw, 13
        lmsw    %ax
attack clts, 13
        clts
attack read_cr0, 13
        movl    %cr0, %eax
attack write_cr0, 13
        movl    %eax, %cr0
attack write_cr3, 13
        movl    %eax, %cr3
attack write_dr7, 13
        movl    %eax, %dr7
attack rdmsr, 13
        movl    $0x174, %ecx
        rdmsr
attack wrmsr, 13
        movl    $0x176, %ecx
        wrmsr
attack invlpg, 13
        invlpg  0xD0000000
attack wbinvd, 13
        wbinvd
attack invd, 13
        invd
attack sysexit, 13
        sysexit
attack rdpmc, 13
        rdpmc

/* Exceptions. */
attack divide, 0
        xorl    %ecx, %ecx
        divl    %ecx
attack int3, 3
        int3
attack into, 4
        movb    $0x7F, %al
        incb    %al
        into
attack bound, 5
        movl    $attack_bounds, %ebx
        xorl    %eax, %eax
        bound   %eax, (%ebx)
attack ud2, 6
        ud2
#include "pipcore/arch/x86/test/odd_instructions.inc"
attack x87, 7
        .byte   0xDB, 0xE3              /* fninit */
attack wait_x87, 7
        .byte   0x9B                    /* fwait */
attack mmx, 6
        .byte   0x0F, 0x77              /* emms */
attack sse, 6
        .byte   0x0F, 0x57, 0xC0        /* xorps %xmm0, %xmm0 */
attack fxsave, 7, 6
        .byte   0x0F, 0xAE, 0x05, 0x00, 0x00, 0x70, 0x00
attack single_step, 1
        pushl   $TF
        popfl
        nop
        nop
attack trap_flag_and_int, 48
        pushl   $TF
        movl    $attack_memory + 4096 - 4, %esp
        pushl   $TF
        movw    %ss, %ax
        popfl
        movw    %ax, %ss                /* holds the trap back over the next instruction */
        int     $48

/* Memory that is not the child's. */
attack read_kernel_text, 14
        movl    0x100000, %eax
attack read_kernel_data, 14
        movl    0x110000, %eax
attack write_kernel, 14
        movl    %eax, 0x100000
attack read_window, 14
        movl    0xD0000000, %eax
attack write_window, 14
        movl    %eax, 0xD0100000
attack last_window_byte, 14
        movb    0xFFBFFFFF, %al
attack read_page_0, 14
        movl    0, %eax
attack write_own_code, 14
        movl    %eax, attack_cli
attack jump_to_kernel, 14
        movl    $0x100000, %eax
        jmp     *%eax
attack jump_to_gate_code, 14
        pushl   $0x100010
        ret
attack jump_to_window, 14
        movl    $0xD0000000, %eax
        jmp     *%eax
attack stack_runs_out, 14
        movl    $0x400000, %esp
        pushl   %eax

/* Segments. */
attack load_kernel_ds, 13
        movl    $0x10, %eax
        movw    %ax, %ds
attack load_kernel_ss, 13
        movl    $0x10, %eax
        movw    %ax, %ss
attack load_null_ss, 13
        xorl    %eax, %eax
        movw    %ax, %ss
attack load_tss_ds, 13
        movl    $0x28, %eax
        movw    %ax, %ds
attack load_gate_fs, 13
        movl    $0x60, %eax
        movw    %ax, %fs
attack load_beyond_gs, 13
        movl    $0xFFF8, %eax
        movw    %ax, %gs
attack load_ldt_es, 13
        movl    $0x0F, %eax
        movw    %ax, %es
attack use_null_ds, 13, 6               /* QEMU does not check: the child comes through */
        xorl    %eax, %eax
        movw    %ax, %ds
        movl    0x700000, %eax
attack far_jump_to_kernel, 13
        ljmp    $0x08, $0x100000
attack far_call_to_kernel, 13
        lcall   $0x08, $0x100000
attack far_call_to_null, 13
        lcall   $0, $0
attack far_call_to_task, 13
        lcall   $0x28, $0
attack far_jump_to_double_fault_task, 13
        ljmp    $0xD0, $0
attack far_call_to_missing_gate, 13, 11
        lcall   $0x90, $0
attack far_call_beyond_table, 13
        lcall   $0xE0, $0
attack far_call_to_data, 13
        lcall   $0x23, $0x700000
attack far_jump_through_gate, 13
        ljmp    $PIP_GATE_MAPPED_IN_CHILD, $0
attack far_return_to_kernel, 13
        pushl   $0x08
        pushl   $0x100000
        lret
attack iret_to_kernel, 13
        pushl   $2
        pushl   $0x08
        pushl   $0x100000
        iretl
/* VM and IOPL in the image are ignored at user level, says Intel SDM volume 2A, IRET; QEMU obeys, and the child faults
   or calls from virtual-8086 mode, with code segments of its choice. */
.macro virtual_8086 selector
        pushl   $0                      /* GS, FS, DS, ES, SS, ESP for virtual-8086 mode */
        pushl   $0
        pushl   $0
        pushl   $0
        pushl   $0
        pushl   $0
        pushl   $0x23002
        pushl   $\selector
        pushl   $1f
        iretl
1:
.endm
attack iret_to_virtual_8086, ATTACK_THROUGH, 14
        virtual_8086 0x1B
        get_through
attack iret_to_virtual_8086_with_kernel_segment, 13, 14
        virtual_8086 0x08
        get_through
attack iret_to_virtual_8086_segment_0, 13, 14
        virtual_8086 0
        get_through
attack iret_nested_task, 10, 13
        pushl   $NT
        popfl
        iretl
attack flags_of_the_kernel, 13
        pushl   $0x3202                 /* IOPL 3, IF: ignored by POPF */
        popfl
        cli

/* Software interrupts that are not the child's to raise. */
attack int_0, 13
        int     $0
attack int_2, 13
        int     $2
attack int_8, 13
        int     $8
attack int_14, 13
        int     $14
attack int_18, 13
        int     $18
attack int_timer, 13
        int     $32
attack int_last_line, 13
        int     $47
/* ... and those that are. */
attack int_48, 48
        int     $48
attack int_128, 128
        int     $0x80
attack int_255, 255
        int     $255

/* Flags, segments and stacks that the kernel must not trip over. */
attack flags_before_gate, ATTACK_THROUGH
        movl    $attack_memory + 4096, %esp
        call_gate_with_flags TF
        call_gate_with_flags DF
        call_gate_with_flags NT
        call_gate_with_flags AC
        call_gate_with_flags ID
        call_gate_with_flags (TF | DF | NT | AC | ID)
        get_through
attack flags_before_sysenter, ATTACK_THROUGH
        cmpl    $0, attack_sysenter
        je      9f
        movl    $attack_memory + 4096, %esp
        sysenter_with_flags TF
        sysenter_with_flags DF
        sysenter_with_flags NT
        sysenter_with_flags AC
        sysenter_with_flags ID
        sysenter_with_flags (TF | DF | NT | AC | ID)
9:      get_through
attack flags_before_int, 200
        pushl   $(DF | NT | AC)
        popfl
        int     $200
attack null_segments_before_gate, ATTACK_THROUGH
        pushl   $0x700000
        xorl    %eax, %eax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
        movl    0x700000, %eax          /* DS is user data again */
        get_through
attack null_segments_before_sysenter, ATTACK_THROUGH
        cmpl    $0, attack_sysenter
        je      9f
        movl    $0x700000, %ebx
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        movl    $1f, %edx
        movl    %esp, %ecx
        xorl    %esi, %esi
        movw    %si, %ds
        movw    %si, %es
        movw    %si, %fs
        movw    %si, %gs
        sysenter
1:      movl    0x700000, %eax
9:      get_through
attack null_segments_before_int, 201
        xorl    %eax, %eax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        int     $201
attack null_segments_before_fault, 6
        xorl    %eax, %eax
        movw    %ax, %ds
        movw    %ax, %es
        ud2
attack no_stack_before_int, 202
        xorl    %esp, %esp
        int     $202
attack no_stack_before_gate, 14
        xorl    %esp, %esp
        lcall   $PIP_GATE_YIELD, $0
attack kernel_stack_before_gate, 14
        movl    $0x110000, %esp
        lcall   $PIP_GATE_YIELD, $0
attack window_stack_before_gate, 14
        movl    $0xD0110000, %esp
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
attack wrapping_stack_before_gate, 14
        movl    $0xFFFFFFFE, %esp
        lcall   $PIP_GATE_CREATE_PARTITION, $0
attack unaligned_stack_before_gate, ATTACK_THROUGH
        movl    $attack_memory + 4096 - 29, %esp
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
        get_through
attack sysenter_from_nowhere, 14
        cmpl    $0, attack_sysenter
        je      attack_read_page_0
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        xorl    %ecx, %ecx
        xorl    %edx, %edx
        sysenter
attack sysenter_to_kernel, 14
        cmpl    $0, attack_sysenter
        je      attack_read_page_0
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        movl    $0xD0000000, %ecx
        movl    $0x100000, %edx
        sysenter
attack sysenter_unknown_services, ATTACK_THROUGH
        cmpl    $0, attack_sysenter
        je      9f
        movl    $12, %edi
0:      movl    %edi, %eax
        orl     $0xFFFFFF00, %eax
        movl    %esp, %ecx
        movl    $1f, %edx
        sysenter
1:      cmpl    $0xFFFFFFFF, %eax
        jne     8f
        incl    %edi
        cmpl    $256, %edi
        jne     0b
9:      get_through
8:      int     $255
attack sysenter_garbage_arguments, ATTACK_THROUGH
        cmpl    $0, attack_sysenter
        je      9f
        xorl    %edi, %edi              /* services 0 to 9 with every register full of ones */
0:      pushl   %edi
        movl    %edi, %eax
        orl     $0xFFFFFF00, %eax
        orl     $-1, %ebx
        orl     $-1, %esi
        orl     $-1, %edi
        orl     $-1, %ebp
        movl    %esp, %ecx
        movl    $1f, %edx
        sysenter
1:      popl    %edi
        testl   %eax, %eax
        jz      2f
        jmp     3f
2:      cmpl    $PIP_SERVICE_SET_INT_STATE, %edi
        jne     8f
3:      incl    %edi
        cmpl    $10, %edi
        jne     0b
9:      get_through
8:      int     $255

/* Ports are the root's alone. */
attack ports_of_a_child, ATTACK_THROUGH
        pushl   $1
        pushl   $0xF4
        lcall   $PIP_GATE_OUTB, $0      /* would end the machine */
        addl    $8, %esp
        pushl   $0x2000
        pushl   $0x604
        lcall   $PIP_GATE_OUTW, $0
        addl    $8, %esp
        pushl   $0x60
        lcall   $PIP_GATE_INB, $0
        addl    $4, %esp
        testl   %eax, %eax
        jnz     8f
        pushl   $0x700000
        pushl   $0x604
        lcall   $PIP_GATE_OUTADDRL, $0
        get_through
8:      int     $255

/* A child that masks its interrupts and never yields is interrupted all the same; a storm of ticks meets its gates. */
attack masks_and_spins, ATTACK_UNTIL_TICKS
        pushl   $0
        lcall   $PIP_GATE_SET_INT_STATE, $0
1:      jmp     1b
attack gates_in_a_storm, ATTACK_UNTIL_STORM
        movl    $attack_memory + 4096, %esp
        movl    $0x11111111, %ebx
        movl    $0x22222222, %esi
        movl    $0x33333333, %edi
        movl    $0x44444444, %ebp
1:      pushl   $0x700000
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
        addl    $4, %esp
        cmpl    $0, %eax
        jne     8f
        cmpl    $0x11111111, %ebx
        jne     8f
        cmpl    $0x22222222, %esi
        jne     8f
        cmpl    $0x33333333, %edi
        jne     8f
        cmpl    $0x44444444, %ebp
        jne     8f
        cmpl    $attack_memory + 4096, %esp
        je      1b
8:      int     $255
attack trap_flag_in_a_storm, ATTACK_UNTIL_STORM
        movl    $attack_memory + 4096, %esp
1:      pushl   $0x700000
        pushl   $(TF | DF | NT | AC)
        popfl
        lcall   $PIP_GATE_MAPPED_IN_CHILD, $0
        addl    $4, %esp
        cmpl    $0, %eax
        je      1b
        int     $255
attack sysenter_in_a_storm, ATTACK_UNTIL_STORM
        cmpl    $0, attack_sysenter
        je      attack_gates_in_a_storm
        movl    $attack_memory + 4096, %esp
1:      movl    $0x700000, %ebx
        movl    $PIP_SERVICE_MAPPED_IN_CHILD, %eax
        movl    %esp, %ecx
        movl    $2f, %edx
        sysenter
2:      testl   %eax, %eax
        jnz     8f
        cmpl    $0x700000, %ebx
        je      1b
8:      int     $255

/* yield refuses, in the order of docs/abi.md, and the child is still there. */
.macro refused_yield child, vector, slot, expected
        pushl   $0
        pushl   $0
        pushl   $\slot
        pushl   $\vector
        pushl   $\child
        lcall   $PIP_GATE_YIELD, $0
        addl    $20, %esp
        cmpl    $\expected, %eax
        jne     8f
.endm
.macro refused_save_context address
        movl    $\address, 0xFFFFF000 + 4 * 62
        refused_yield 0, ATTACK_DONE_SLOT, 62, 9
.endm
attack yield_refusals, ATTACK_THROUGH
        refused_yield 0, 1023, 1023, 1
        refused_yield 0, 0xFFFFFFFF, 0, 1
        refused_yield 0, 0, 1023, 2
        refused_yield 0x700000, 0, 0x80000000, 2
        refused_yield 0x700000, 0, 0, 4
        refused_yield 0x700001, 0, 0, 4
        refused_yield 0x100000, 0, 0, 4
        refused_yield 0xD0000000, 0, 0, 4
        refused_yield 0xFFFFFFFF, 0, 0, 4
        refused_yield 0, ATTACK_NO_SLOT, 0, 8
        get_through
8:      int     $255
attack save_contexts, ATTACK_THROUGH
        refused_save_context 1
        refused_save_context 0x100000
        refused_save_context 0xD0000000
        refused_save_context 0x700000           /* read-only */
        refused_save_context (attack_memory+4096-60)
        refused_save_context 0xFFFFFFC1         /* runs over the end of the address space */
        refused_save_context 0xFFFFFFFF
        get_through
8:      int     $255
/* A child that has nowhere to be saved is told of nothing, and lost: the root still gets what it is due. */
attack fault_without_save_context, 6
        movl    $0xD0000000, 0xFFFFF000 + 4 * 48
        ud2
attack tick_without_save_context, ATTACK_LOST
        movl    $0xFFFFFFFD, 0xFFFFF000 + 4 * 48
1:      jmp     1b
/* To the root and back, again and again, while ticks come in between. */
attack yields_in_a_storm, ATTACK_TO_AND_FRO
        movl    $attack_memory + 2048, 0xFFFFF000 + 4 * ATTACK_AGAIN_SLOT
1:      pushl   $0
        pushl   $0
        pushl   $ATTACK_AGAIN_SLOT
        pushl   $ATTACK_DONE_SLOT
        pushl   $0
        lcall   $PIP_GATE_YIELD, $0
        addl    $20, %esp
        testl   %eax, %eax
        jz      1b
        int     $255

#include "pipcore/arch/x86/test/vidt_attacks.inc"

        .section .rodata.attacks, "a", @progbits
        .globl  attacks_end
attacks_end:

/* Where the root's handlers begin: EAX has the vector. */
        .text
        .globl  handler_entry
handler_entry:
        pushl   %ebx
        call    OnVector

        .section .note.GNU-stack, "", @progbits
