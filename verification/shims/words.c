/* SPDX-License-Identifier: Apache-2.0 */
/* What Frama-C reads to prove the functions of pip/words.h. */
/* The facts must be known before the functions that need them. */
/* clang-format off */
#include "facts.h"
#include "pip/words.h"
