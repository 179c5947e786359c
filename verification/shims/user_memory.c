/* SPDX-License-Identifier: Apache-2.0 */
/* What Frama-C reads to prove the functions of pip/user_memory.h. */
#include "facts.h"
#include "pip/user_memory.h"
