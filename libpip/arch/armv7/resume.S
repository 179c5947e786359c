/* SPDX-License-Identifier: Apache-2.0
 *
 * Going on at a context of the partition's own (pip/context.h).  Offsets are those of docs/abi.md.
 */
.text
.arm
/* void pip_context_resume(const user_ctx_t *context) */
.globl pip_context_resume
.type pip_context_resume, %function
pip_context_resume:
  ldr sp, [r0, #4]
  ldr lr, [r0, #8]
  ldr r1, [r0]
  ldr r2, [r0, #64]
  tst r1, #0x20 /* Thumb state: an odd address */
  orrne r2, r2, #1
  push {r2} /* below the stack pointer nothing stands */
  add r1, r0, #20
  ldm r1, {r2-r12}
  mov r0, #0
  mov r1, #0
  pop {pc}
.size pip_context_resume, . - pip_context_resume

.section .note.GNU-stack, "", %progbits
