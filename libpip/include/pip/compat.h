/* SPDX-License-Identifier: Apache-2.0
 *
 * Older names of the services, as the ABI's tables call them, for partitions that were written before pip/api.h.
 */
#ifndef PIP_COMPAT_H_
#define PIP_COMPAT_H_

#include "pip/api.h"
#include "pip/paging.h"
#include "pip/wrappers.h"

/* Of pip/api.h. */
#define createPartition Pip_CreatePartition
#define countToMap Pip_CountToMap
#define prepare Pip_Prepare
#define addVAddr Pip_AddVAddr
#define getIntState Pip_Get_Int_State
#define setIntState Pip_Set_Int_State
#define removeVAddr Pip_RemoveVAddr
#define mappedInChild Pip_MappedInChild
#define deletePartition Pip_DeletePartition
#define collect Pip_Collect
#define yield Pip_Yield

/* Of pip/paging.h and pip/wrappers.h. */
#define initPaging Pip_InitPaging
#define allocPage Pip_AllocPage
#define freePage Pip_FreePage
#define mapPageWrapper Pip_MapPageWrapper

#if defined(__i386__)
/* The ports of x86. */
#define outb Pip_Outb
#define outw Pip_Outw
#define outl Pip_Outl
#define outaddrl Pip_Outaddrl
#define inb Pip_Inb
#define inw Pip_Inw
#define inl Pip_Inl
#endif

#endif /* PIP_COMPAT_H_ */
