/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel tells the root partition at boot (ABI section 5): a page of facts, whose address main receives.
 */
#ifndef PIP_FPINFO_H_
#define PIP_FPINFO_H_

#include <stdint.h>

#define FPINFO_MAGIC 0xDEADCAFE

/* A file that was booted along with the root partition's image: mapped read-only from `begin` (page-aligned) to `end`,
 * which is the address after the last byte; the rest of the last page is 0. */
typedef struct pip_module {
  uint32_t begin;
  uint32_t end;
  char name[56]; /* the Multiboot string, cut, always with a terminating 0 */
} pip_module_t;

#define PIP_MODULES_MAX 60

typedef struct pip_fpinfo {
  uint32_t magic;    /* FPINFO_MAGIC */
  void* membegin;    /* free memory, mapped user-accessible from membegin ... */
  void* memend;      /* ... up to memend */
  char revision[64]; /* the kernel's, as text */
  uint32_t hwcount;  /* 0 */
  uint32_t devices;  /* 0 */
  /* Since extension 1: the further modules, and the command line of this partition's own. */
  uint32_t extension_version;
  uint32_t module_count;
  pip_module_t modules[PIP_MODULES_MAX];
  char arguments[160];
} pip_fpinfo;

#endif /* PIP_FPINFO_H_ */
