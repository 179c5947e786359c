/* SPDX-License-Identifier: Apache-2.0
 *
 * user_ctx_t: the saved registers of a partition; its fields are the architecture's.
 */
#ifndef PIP_CONTEXT_H_
#define PIP_CONTEXT_H_

#include "pip/arch/context.h"

#endif /* PIP_CONTEXT_H_ */
