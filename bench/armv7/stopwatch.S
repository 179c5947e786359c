/* SPDX-License-Identifier: Apache-2.0
 *
 * Where measuring begins and ends.  These are functions of their own, so that a trace of QEMU can be cut at their
 * addresses (measure.py), and in assembly, so that nothing stands between the call and the counter.
 */
.syntax unified
.text
.arm

/* uint32_t bench_start(void), uint32_t bench_stop(void): the low half of the virtual counter.  Clobber r1. */
.globl bench_start
.type bench_start, %function
bench_start:
  mrrc p15, 1, r0, r1, c14
  bx lr
.size bench_start, . - bench_start

.globl bench_stop
.type bench_stop, %function
bench_stop:
  mrrc p15, 1, r0, r1, c14
  bx lr
.size bench_stop, . - bench_stop

/* One instruction per row of the table: row n calls bench_marks + 4 * n, so that a trace shows what is measured
 * next. */
.globl bench_marks
.type bench_marks, %function
bench_marks:
  .rept 32
  bx lr
  .endr
.size bench_marks, . - bench_marks

/* Where a handler starts: reads the counter before anything else, then goes on in C++ with it as argument. */
.globl bench_timer_entry
.type bench_timer_entry, %function
bench_timer_entry:
  bl bench_stop
  b bench_on_timer
.size bench_timer_entry, . - bench_timer_entry

.globl bench_fault_entry
.type bench_fault_entry, %function
bench_fault_entry:
  bl bench_stop
  b bench_on_fault
.size bench_fault_entry, . - bench_fault_entry

/* void bench_spin(volatile uint32_t *last): stores the counter again and again, for ever. */
.globl bench_spin
.type bench_spin, %function
bench_spin:
  mov r4, r0
1:
  bl bench_start
  str r0, [r4]
  b 1b
.size bench_spin, . - bench_spin

/* void bench_fault(volatile uint32_t *last): stores the counter, then faults with an invalid instruction of 4 bytes;
 * returns when it is resumed behind it. */
.globl bench_fault
.type bench_fault, %function
bench_fault:
  push {r4, lr}
  mov r4, r0
  bl bench_start
  str r0, [r4]
  udf #0
  pop {r4, pc}
.size bench_fault, . - bench_fault

/* uint32_t bench_nops(void): how far the counter moves over 1000 instructions that do nothing, a start and a stop. */
.globl bench_nops
.type bench_nops, %function
bench_nops:
  push {r4, lr}
  bl bench_start
  mov r4, r0
  .rept 1000
  nop
  .endr
  bl bench_stop
  sub r0, r0, r4
  pop {r4, pc}
.size bench_nops, . - bench_nops

.section .note.GNU-stack, "", %progbits
