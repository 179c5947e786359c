/* SPDX-License-Identifier: Apache-2.0 */
/* The home of an agent: the one page of memory that a partition needs to run.  It is its VIDT; in the upper half lie
   contexts, code and a stack.  Where, is the architecture's choice; names and slots are the same everywhere.  Usable
   from C++ and from assembly. */
#ifndef NANNY_HOME_H_
#define NANNY_HOME_H_

#include "pip/arch/layout.h"
#include "pip/calltable.h"

#if defined(__arm__)
#include "nanny/home_armv7.h"
#else
#include "nanny/home_x86.h"
#endif

#define AGENT_HOME PIP_VIDT_ADDRESS

#define AGENT_STACK_END 0xFC0 /* of the arguments of a gate, or of a list of calls, from AGENT_STACK on */
#define AGENT_SCRATCH 0xFE0   /* a word to write to */
#define AGENT_SIGNATURE 0xFF0 /* a word that tells pages apart; never an entry that is used */

/* Slots of an agent's VIDT. */
#define AGENT_SLOT_GO 250
#define AGENT_SLOT_ARRIVAL 251
#define AGENT_SLOT_AWAY 252
#define AGENT_SLOT_NOTHING 260 /* always 0; no vector reaches it */
#define AGENT_SLOT_GARBAGE 300 /* some slots from here on name no context */

#define AGENT_END_OF_LIST 0xFFFFFFFE

/* What the nanny's handlers start with: this, and the vector. */
#define NANNY_TOLD 0x10000

#endif
