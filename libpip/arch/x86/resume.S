/* SPDX-License-Identifier: Apache-2.0
 *
 * Going on at a context of the partition's own (pip/context.h).  Offsets are those of docs/abi.md.
 */
.text

/* void pip_context_resume(const user_ctx_t *context) */
.globl pip_context_resume
.type pip_context_resume, @function
pip_context_resume:
  movl 4(%esp), %ecx
  movl 12(%ecx), %edi
  movl 16(%ecx), %esi
  movl 20(%ecx), %ebp
  movl 24(%ecx), %esp
  movl 28(%ecx), %ebx
  xorl %eax, %eax
  xorl %edx, %edx
  jmp *(%ecx)
.size pip_context_resume, . - pip_context_resume

.section .note.GNU-stack, "", @progbits
