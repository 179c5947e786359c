/* SPDX-License-Identifier: Apache-2.0 */
/* What Frama-C reads to prove the functions of pip/tables.h. */
#include "facts.h"
#include "pip/tables.h"
