/* SPDX-License-Identifier: Apache-2.0 */
/* What Frama-C reads to prove the functions of pip/words.h. */
#include "facts.h"
#include "pip/words.h"
