/* SPDX-License-Identifier: Apache-2.0 */
/* The home of an agent: the one page of memory that a partition needs to run.  It is its VIDT; in the upper half lie
   contexts, code and a stack.  Usable from C++ and from assembly. */
#ifndef NANNY_HOME_X86_H_
#define NANNY_HOME_X86_H_

#include "pip/arch/layout.h"
#include "pip/calltable.h"

#define AGENT_HOME PIP_VIDT_ADDRESS

/* Contexts, by their offset in the home. */
#define AGENT_GO 0x800      /* from which the nanny starts the agent */
#define AGENT_STOPPED 0x840 /* where the agent stood when a fault or an interrupt stopped it: VIDT[48] and VIDT[49] */
#define AGENT_AWAY 0x880    /* where a yield saves it */
#define AGENT_ARRIVAL 0x8C0 /* where a yield to it begins */

#define AGENT_CODE_OFFSET 0x900
#define AGENT_CODE 0xFFFFF900
#define AGENT_FAST 0x00
#define AGENT_FAST_RETURN 0x02
#define AGENT_GATE 0x10
#define AGENT_LANDED 0x20
#define AGENT_READ 0x30
#define AGENT_WRITE 0x40
#define AGENT_LIST 0x50

#define AGENT_STACK 0xA00     /* arguments of a gate, or a list of calls ... */
#define AGENT_STACK_END 0xFC0 /* ... up to here */
#define AGENT_SCRATCH 0xFE0   /* a word to write to */
#define AGENT_SIGNATURE 0xFF0 /* a word that tells pages apart; never an entry that is used */

/* Slots of an agent's VIDT. */
#define AGENT_SLOT_GO 250
#define AGENT_SLOT_ARRIVAL 251
#define AGENT_SLOT_AWAY 252
#define AGENT_SLOT_NOTHING 260 /* always 0; no vector reaches it */
#define AGENT_SLOT_GARBAGE 300 /* some slots from here on name no context */

/* Software interrupts with which agents end. */
#define AGENT_DONE 200
#define AGENT_LANDING 201
#define AGENT_END_OF_LIST 0xFFFFFFFE

/* What the nanny's handlers have in EAX: this, and the vector. */
#define NANNY_TOLD 0x10000

#endif
