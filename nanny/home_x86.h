/* SPDX-License-Identifier: Apache-2.0 */
/* The home of an agent on x86; see home.h. */
#ifndef NANNY_HOME_X86_H_
#define NANNY_HOME_X86_H_

/* Contexts, by their offset in the home. */
#define AGENT_GO 0x800      /* from which the nanny starts the agent */
#define AGENT_STOPPED 0x840 /* where the agent stood when a fault or an interrupt stopped it: VIDT[48] and VIDT[49] */
#define AGENT_AWAY 0x880    /* where a yield saves it */
#define AGENT_ARRIVAL 0x8C0 /* where a yield to it begins */

#define AGENT_CODE_OFFSET 0x900
#define AGENT_CODE 0xFFFFF900
#define AGENT_FAST 0x00
#define AGENT_FAST_RETURN 0x09
#define AGENT_GATE 0x10
#define AGENT_GATE_CALL 0x17
#define AGENT_LANDED 0x20
#define AGENT_READ 0x30
#define AGENT_WRITE 0x40
#define AGENT_LIST 0x50

#define AGENT_LOOSE 0x9EC /* what DS, ES, FS, GS and the flags are before a call */
#define AGENT_STACK 0xA00

/* Software interrupts with which agents end. */
#define AGENT_DONE 200
#define AGENT_LANDING 201

#endif
