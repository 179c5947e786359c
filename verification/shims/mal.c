/* SPDX-License-Identifier: Apache-2.0 */
/* What Frama-C reads to prove the functions of pip/mal.h. */
#include "facts.h"
#include "pip/mal.h"
