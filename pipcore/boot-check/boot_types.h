/* SPDX-License-Identifier: Apache-2.0 */
/* What the boot check answers: the types fault and finding of Words.v, with the numbers of fault_number there. */
#ifndef PIPCORE_BOOT_CHECK_BOOT_TYPES_H_
#define PIPCORE_BOOT_CHECK_BOOT_TYPES_H_

#include "pip/types.h"

typedef enum {
  BOOT_SOUND = 0,
  BOOT_KERNEL_RANGE_OUTSIDE = 1,
  BOOT_NOT_THE_ROOT = 2,
  BOOT_WRONG_TABLE_LOADED = 3,
  BOOT_BAD_DESCRIPTOR = 4,
  BOOT_BAD_LIST = 5,
  BOOT_KERNEL_ENTRY_CHANGED = 6,
  BOOT_KERNEL_ENTRY_OPEN = 7,
  BOOT_BAD_LINK = 8,
  BOOT_BAD_ENTRY = 9,
  BOOT_LEFTOVER_IN_SHADOW = 10,
  BOOT_FRAME_OUTSIDE = 11,
  BOOT_FRAME_TAKEN = 12
} boot_fault_t;

typedef struct {
  boot_fault_t fault;
  index_t slot;
  index_t index;
} boot_finding_t;

#endif
