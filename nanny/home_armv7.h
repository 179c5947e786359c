/* SPDX-License-Identifier: Apache-2.0 */
/* The home of an agent on ARMv7; see home.h.  A context has 76 bytes. */
#ifndef NANNY_HOME_ARMV7_H_
#define NANNY_HOME_ARMV7_H_

/* Contexts, by their offset in the home. */
#define AGENT_GO 0x800      /* from which the nanny starts the agent */
#define AGENT_STOPPED 0x880 /* where the agent stood when a fault or an interrupt stopped it: VIDT[48] and VIDT[49] */
#define AGENT_AWAY 0x900    /* where a yield saves it */
#define AGENT_ARRIVAL 0x980 /* where a yield to it begins */

#define AGENT_CODE_OFFSET 0xA00
#define AGENT_CODE 0x3FFFFA00
/* One instruction for both kinds of entry: the number of an svc stands in it. */
#define AGENT_FAST 0x00
#define AGENT_GATE 0x00
#define AGENT_RETURN 0x04
#define AGENT_LANDED 0x10
#define AGENT_READ 0x20
#define AGENT_WRITE 0x30
#define AGENT_LIST 0x40

#define AGENT_LOOSE 0xAFC /* what the flags are before a call */
#define AGENT_STACK 0xB00

/* Agents end with an undefined instruction: where it stands tells which end it is. */
#define AGENT_DONE 0
#define AGENT_LANDING 0

#endif
