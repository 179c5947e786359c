/* SPDX-License-Identifier: Apache-2.0 */
/* Every way into the kernel, and the way out.

   Entry writes the user's registers to registers[] and calls C++ on the kernel stack; exit restores from registers[].
   The kernel has one stack of one page, empty whenever user mode runs, so the frame that the processor pushes on the
   way in stands at fixed addresses below its top:

     interrupt, fault:   -4 SS  -8 ESP  -12 EFLAGS  -16 CS  -20 EIP  (-24 error code)    Intel SDM volume 3A, 6.12.1
     call gate:          -4 SS  -8 ESP  -12 CS      -16 EIP                              Intel SDM volume 3A, 5.8.5
     SYSENTER:           nothing; EIP and ESP come in EDX and ECX                        Intel SDM volume 3A, 5.8.7
                         (and ESP is set to where PUSHA fills registers[], not to the stack)

   From virtual-8086 mode, four segment registers stand above an interrupt's frame (Intel SDM volume 3B, 20.3.1).
   User mode cannot enter that mode on a processor, but it can in QEMU 7.2, whose IRET loads VM at any privilege level.

   User mode owns all other registers at that moment.  DS and ES may be null: until they are loaded only the stack
   segment is used.  Of EFLAGS, interrupt gates clear IF, TF and NT but not DF; call gates clear nothing; SYSENTER
   clears IF only.  So with a call gate the kernel's first instructions may be interrupted (`interrupt_in_kernel`),
   and with TF set a debug exception comes after each way in (`fault_unusual`). */

#include "pipcore/arch/x86/layout.h"

.macro load_kernel_segments scratch32, scratch16
        /* The user's flat data segment is the kernel's too, so leaving needs no reload. */
        movl    $PIP_USER_DATA, \scratch32
        movw    \scratch16, %ds
        movw    \scratch16, %es
.endm

/* On each way in that may lead to another partition: none finds another's selectors. */
.macro load_all_segments scratch32, scratch16
        load_kernel_segments \scratch32, \scratch16
        movw    \scratch16, %fs
        movw    \scratch16, %gs
.endm

/* Stores EDI ESI EBP . EBX EDX ECX EAX, in that order, where a context has them.  ESP points at registers[] for two
   instructions: nothing else may push in between.  Interrupts and single steps are off here, and NMI, double fault and
   machine check run in tasks of their own. */
.macro save_all_registers
        movl    $registers + PIP_REGISTERS_PUSHA_END, %esp
        pushal
.endm

/* The frame of an interrupt or a fault, from EIP on, to registers[]; the stack then has SS only. */
.macro save_frame
        movl    $kernel_stack_top - 20, %esp
        popl    registers + PIP_REGISTER_EIP
        popl    %eax                            /* CS */
        popl    registers + PIP_REGISTER_EFLAGS
        popl    registers + PIP_REGISTER_ESP
.endm

/* ---------------------------------------------------------------------- faults and software interrupts */

/* The rest of a way in, when the stack has SS only: a service is told of the vector, and whom it chose goes on. */
.macro deliver service, vector, leave, stop
        pushl   $\vector
        call    \service
        testl   %eax, %eax
        je      \leave
        pushl   $\vector
        call    \stop
.endm

        /* An exception, the whole way: what the processor pushed ends so far below the top of the stack. */
        .text
.macro exception vector, pushed
        .noaltmacro                     /* there % begins an expression, here a register */
        .balign 16
fault_\vector:
        /* (error code,) EIP, CS, EFLAGS, ESP, SS: if the stack was empty, user mode was running */
        cmpl    $kernel_stack_top - \pushed, %esp
        jne     1f
        save_all_registers
        load_all_segments %eax, %ax
        cld
        save_frame
        deliver deliverFault, \vector, leave_kernel, StopForFault
1:
        .if     \pushed == 20
        pushl   $0                      /* where others have an error code */
        .endif
        pushl   $\vector
        jmp     fault_unusual
        .altmacro
.endm
.macro software_interrupt vector
        .balign 16
fault_\vector:
        pushl   $0
        pushl   $\vector
        jmp     software_interrupt_entry
.endm

        /* Intel SDM volume 3A, table 6-1: which exceptions push an error code. */
        .altmacro
        .set    i, 0
        .rept   256
        .if     (i >= 10 && i <= 14) || (i == 17) || (i == 21) || (i == 29) || (i == 30)
        exception %i, 24
        .elseif i < PIP_FIRST_INTERRUPT_VECTOR
        exception %i, 20
        .elseif i >= PIP_FIRST_SOFTWARE_VECTOR
        software_interrupt %i
        .endif
        .set    i, i + 1
        .endr
        .noaltmacro

        .balign 16
software_interrupt_entry:
        /* vector, 0, EIP, CS, EFLAGS, ESP, SS: if the stack was empty, user mode was running */
        cmpl    $kernel_stack_top - 28, %esp
        jne     fault_unusual
        save_all_registers
        load_all_segments %eax, %ax
        cld
        save_frame
        movl    kernel_stack_top - 28, %ebx     /* the vector */
        pushl   %ebx
        call    deliverFault
        testl   %eax, %eax
        je      leave_kernel
        pushl   %ebx
        call    StopForFault

        /* Segment registers may still be the user's: the stack only. */
fault_unusual:
        testl   $PIP_EFLAGS_VM, 16(%esp)
        jnz     fault_in_virtual_8086
        cmpl    $1, (%esp)
        jne     fault_in_kernel
        /* A single step over a call gate or SYSENTER traps after the switch to the kernel, at its first instruction,
           with the user's TF still set.  Then TF is cleared and the kernel goes on; the step is lost to the user. */
        andl    $~PIP_EFLAGS_TF, 16(%esp)
        addl    $8, %esp
        iretl

fault_in_virtual_8086:
        save_all_registers
        load_all_segments %eax, %ax
        cld
        movl    $kernel_stack_top - 44, %esp
        call    save_virtual_8086
        call    HandleFault
        jmp     leave_kernel

        /* The partition goes on, if it does, in protected mode. */
save_virtual_8086:
        movl    kernel_stack_top - 36, %eax
        movl    kernel_stack_top - 28, %ecx
        movl    kernel_stack_top - 24, %edx
        movl    %eax, registers + PIP_REGISTER_EIP
        movl    %ecx, registers + PIP_REGISTER_EFLAGS
        movl    %edx, registers + PIP_REGISTER_ESP
        ret

        /* A fault of the kernel itself.  Arguments: vector, error code, EIP. */
fault_in_kernel:
        load_kernel_segments %eax, %ax
        cld
        call    HandleKernelFault

/* ---------------------------------------------------------------------- hardware interrupts */

        /* The vector is 32 + line.  Lines below 7 are the first controller's and never spurious: the whole way. */
.macro interrupt line
        .noaltmacro
        .balign 16
interrupt_\line:
        .if     \line < PIP_FIRST_UNUSUAL_LINE
        /* EIP, CS, EFLAGS, ESP, SS: if the stack was empty, user mode was running */
        cmpl    $kernel_stack_top - 20, %esp
        jne     1f
        save_all_registers
        load_all_segments %eax, %ax
        cld
        save_frame
        movb    $PIP_END_OF_INTERRUPT, %al      /* one command acknowledges it (Intel 8259A data sheet, OCW2) */
        outb    %al, $PIP_MASTER_COMMAND
        deliver deliverInterrupt, PIP_FIRST_INTERRUPT_VECTOR + \line, leave_to_root, StopForInterrupt
1:      pushl   $PIP_FIRST_INTERRUPT_VECTOR + \line
        jmp     interrupt_unusual
        .else
        pushl   $PIP_FIRST_INTERRUPT_VECTOR + \line
        jmp     unusual_interrupt_entry
        .endif
        .altmacro
.endm
        .altmacro
        .set    i, 0
        .rept   PIP_INTERRUPT_LINES
        interrupt %i
        .set    i, i + 1
        .endr
        .noaltmacro

        .balign 16
        /* A line that may be spurious or the second controller's. */
unusual_interrupt_entry:
        /* vector, EIP, CS, EFLAGS, ESP, SS */
        cmpl    $kernel_stack_top - 24, %esp
        jne     interrupt_unusual
        save_all_registers
        load_all_segments %eax, %ax
        cld
        save_frame
        pushl   kernel_stack_top - 24
        call    HandleInterrupt
        jmp     leave_kernel

interrupt_unusual:
        testl   $PIP_EFLAGS_VM, 12(%esp)
        jz      interrupt_in_kernel
        save_all_registers
        load_all_segments %eax, %ax
        cld
        movl    $kernel_stack_top - 40, %esp
        call    save_virtual_8086
        call    HandleInterrupt
        jmp     leave_kernel

        /* Between a call gate and the instruction that masks interrupts.  The interrupt is noted, to be delivered when
           the service is done; the kernel goes on with interrupts masked.  All registers are still the user's. */
interrupt_in_kernel:
        pushal
        pushl   %ds
        pushl   %es
        load_kernel_segments %eax, %ax
        cld
        pushl   40(%esp)                        /* the vector */
        call    NoteInterrupt
        addl    $4, %esp
        popl    %es
        popl    %ds
        popal
        addl    $4, %esp
        andl    $~PIP_EFLAGS_IF, 8(%esp)
        iretl

/* ---------------------------------------------------------------------- call gates */

.macro gate number
        .balign 8
gate_\number:
        pushl   $\number
        jmp     gate_entry
.endm
        .altmacro
        .set    i, 0
        .rept   PIP_GATE_COUNT
        gate %i
        .set    i, i + 1
        .endr
        .noaltmacro

        .balign 16
gate_entry:
        pushfl
        popl    %eax
        pushl   $PIP_EFLAGS_FIXED
        popfl                                   /* no interrupts, single steps, nested task, backward strings */
        load_all_segments %ecx, %cx
        movl    %eax, registers + PIP_REGISTER_EFLAGS
        movl    kernel_stack_top - 16, %eax
        movl    kernel_stack_top - 8, %ecx
        movl    %eax, registers + PIP_REGISTER_EIP
        movl    %ecx, registers + PIP_REGISTER_ESP
        movl    %edi, registers + PIP_REGISTER_EDI
        movl    %esi, registers + PIP_REGISTER_ESI
        movl    %ebp, registers + PIP_REGISTER_EBP
        movl    %ebx, registers + PIP_REGISTER_EBX
        xorl    %eax, %eax                      /* a caller gives these up (docs/abi.md) */
        movl    %eax, registers + PIP_REGISTER_EDX
        movl    %eax, registers + PIP_REGISTER_ECX
        movl    %eax, registers + PIP_REGISTER_EAX
        call    HandleGate                      /* argument: the number of the gate */

/* ---------------------------------------------------------------------- the way out */

/* From registers[] to user mode, with these bits set in EFLAGS.  SS stands above ESP's place in the exit frame. */
.macro return_to_user flags
        andl    $PIP_EFLAGS_USER, registers + PIP_REGISTER_EFLAGS
        orl     $\flags, registers + PIP_REGISTER_EFLAGS
        movl    $registers + PIP_REGISTER_EDI, %esp
        popal
        movl    $exit_esp + 4, %esp
        pushl   registers + PIP_REGISTER_ESP
        pushl   registers + PIP_REGISTER_EFLAGS
        pushl   $PIP_USER_CODE
        pushl   registers + PIP_REGISTER_EIP
        iretl
.endm

        /* Only a root that is VCLI runs with interrupts masked.  One that came in a call gate has waited until then. */
        .globl  leave_kernel
leave_kernel:
        movl    running_partition, %ecx
        cmpl    root_partition, %ecx
        jne     1f
        shll    $12, %ecx
        cmpl    $0, physical_memory + PIP_DESCRIPTOR_VSTI_BYTES(%ecx)
        jne     1f
        return_to_user PIP_EFLAGS_FIXED
1:      cmpl    $0, pending_interrupt
        jne     2f
        return_to_user PIP_EFLAGS_FIXED | PIP_EFLAGS_IF
2:      call    DeliverPendingInterrupt
        jmp     leave_kernel

        /* The same when the root is running, as after an interrupt: most often VCLI, when nothing else is asked. */
leave_to_root:
        movl    root_partition, %ecx
        shll    $12, %ecx
        cmpl    $0, physical_memory + PIP_DESCRIPTOR_VSTI_BYTES(%ecx)
        jne     leave_kernel
        return_to_user PIP_EFLAGS_FIXED

/* ---------------------------------------------------------------------- SYSENTER */

/* EAX: service number, and more for some services; EBX ESI EDI EBP arguments; ECX, EDX: where user mode goes on, its
   stack pointer and instruction pointer.  Back: EAX status, EDX value, ECX 0; EBX ESI EDI EBP kept. */
        .balign 16
        .globl  fast_entry
fast_entry:
        /* What is pushed here, or by a single step at these instructions, falls on registers[], yet to be filled. */
        pushl   $PIP_EFLAGS_FIXED
        popfl
        cmpb    $PIP_FAST_SERVICE_YIELD, %al
        je      fast_yield
        ja      fast_unusual
        movl    $kernel_stack_top, %esp
        movl    %edx, %ss:exit_eip
        movl    %ecx, %ss:exit_esp
        load_kernel_segments %ecx, %cx
        movzbl  %al, %ecx
        pushl   %ebp
        pushl   %eax
        pushl   %edi
        pushl   %esi
        pushl   %ebx
        call    *fast_services(, %ecx, 4)
        movl    running_partition, %ecx
        cmpl    root_partition, %ecx
        je      2f
1:      cmpl    $0, pending_interrupt
        jne     fast_pending
        movl    $PIP_EFLAGS_FIXED | PIP_EFLAGS_IF, exit_eflags
        xorl    %ecx, %ecx
        movl    $exit_frame, %esp
        iretl
2:      shll    $12, %ecx
        cmpl    $0, physical_memory + PIP_DESCRIPTOR_VSTI_BYTES(%ecx)
        jne     1b
        movl    $PIP_EFLAGS_FIXED, exit_eflags
        xorl    %ecx, %ecx
        movl    $exit_frame, %esp
        iretl

        /* yield may leave the caller: all that a context has is saved first.  So it is for numbers beyond, which are
           not services of the model. */
.macro save_caller
        pushal
        load_all_segments %ebp, %bp
        movl    $kernel_stack_top, %esp
        movl    %edx, registers + PIP_REGISTER_EIP
        movl    $PIP_EFLAGS_FIXED, registers + PIP_REGISTER_EFLAGS
        movl    %ecx, registers + PIP_REGISTER_ESP
        movl    $0, registers + PIP_REGISTER_EDX
        movl    $0, registers + PIP_REGISTER_ECX
        movl    $0, registers + PIP_REGISTER_EAX
.endm

fast_yield:
        save_caller
        /* yieldTo(child, vector, save slot, flags on yield, flags on wake): ESI has the slot above the vector, bit 8 of
           EAX says whether the flags on yield are not 0. */
        pushl   %edi
        andl    $0x100, %eax
        pushl   %eax
        movzwl  %si, %ecx
        shrl    $16, %esi
        pushl   %esi
        pushl   %ecx
        pushl   %ebx
        call    yieldTo
        testl   %eax, %eax
        je      leave_kernel
        movl    %eax, registers + PIP_REGISTER_EAX
        jmp     leave_kernel
fast_unusual:
        save_caller
        pushl   %ebx
        pushl   %eax
        call    HandleUnusualService
        jmp     leave_kernel

        /* An interrupt that came in a call gate of an earlier call is still waiting. */
fast_pending:
        movl    exit_eip, %ecx
        movl    %ecx, registers + PIP_REGISTER_EIP
        movl    exit_esp, %ecx
        movl    %ecx, registers + PIP_REGISTER_ESP
        movl    $PIP_EFLAGS_FIXED, registers + PIP_REGISTER_EFLAGS
        movl    %edi, registers + PIP_REGISTER_EDI
        movl    %esi, registers + PIP_REGISTER_ESI
        movl    %ebp, registers + PIP_REGISTER_EBP
        movl    %ebx, registers + PIP_REGISTER_EBX
        movl    %edx, registers + PIP_REGISTER_EDX
        movl    $0, registers + PIP_REGISTER_ECX
        movl    %eax, registers + PIP_REGISTER_EAX
        load_all_segments %eax, %ax
        jmp     leave_kernel

/* ---------------------------------------------------------------------- tasks for the worst */

        /* NMI, double fault, machine check: task switches to a stack of their own (Intel SDM volume 3A, section 7.3),
           from which nobody returns.  The double fault's error code, 0, is on the stack and ignored. */
        .globl  nmi_task_entry
nmi_task_entry:
        pushl   $2
        call    HandleLastResort
        .globl  double_fault_task_entry
double_fault_task_entry:
        pushl   $8
        call    HandleLastResort
        .globl  machine_check_task_entry
machine_check_task_entry:
        pushl   $18
        call    HandleLastResort

/* ---------------------------------------------------------------------- tables of entries, and the exit frame */

        .section .rodata
        .balign 4
        .globl  interrupt_entries
interrupt_entries:
        .altmacro
.macro  entry_of kind, number
        .long   \kind\()_\number
.endm
        .set    i, 0
        .rept   PIP_FAULT_VECTORS
        entry_of fault, %i
        .set    i, i + 1
        .endr
        .set    i, 0
        .rept   PIP_INTERRUPT_LINES
        entry_of interrupt, %i
        .set    i, i + 1
        .endr
        .set    i, PIP_FIRST_SOFTWARE_VECTOR
        .rept   256 - PIP_FIRST_SOFTWARE_VECTOR
        entry_of fault, %i
        .set    i, i + 1
        .endr

        .globl  gate_entries
gate_entries:
        .set    i, 0
        .rept   PIP_GATE_COUNT
        entry_of gate, %i
        .set    i, i + 1
        .endr
        .noaltmacro

        /* What IRET pops on the way to user mode. */
        .data
        .balign 32
exit_frame:
exit_eip:
        .long   0
        .long   PIP_USER_CODE
exit_eflags:
        .long   0
exit_esp:
        .long   0
        .long   PIP_USER_DATA

        .bss
        .balign 64
        .globl  registers
registers:
        .skip   PIP_REGISTERS_BYTES

        .section .note.GNU-stack, "", @progbits
