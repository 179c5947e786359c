/* SPDX-License-Identifier: Apache-2.0
 *
 * user_ctx_t: the saved registers of a partition; its fields are the architecture's.
 */
#ifndef PIP_CONTEXT_H_
#define PIP_CONTEXT_H_

#include "pip/arch/context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Goes on at a context of this partition itself, which a yield of it saved: that yield returns 0.  For a handler that
 * wants to return to the code that had yielded; nobody else can resume a root partition. */
void pip_context_resume(const user_ctx_t* context) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif /* PIP_CONTEXT_H_ */
