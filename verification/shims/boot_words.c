/* SPDX-License-Identifier: Apache-2.0 */
/* What Frama-C reads to prove the functions of pipcore/boot-check. */
/* The facts must be known before the functions that need them. */
/* clang-format off */
#include "facts.h"
#include "pipcore/boot-check/boot_words.h"
