/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel tells the root partition at boot (docs/abi.md): a page of facts, whose address main receives.
 */
#ifndef PIP_FPINFO_H_
#define PIP_FPINFO_H_

#include <stdint.h>

/* The first word of the boot information. */
#define FPINFO_MAGIC 0xDEADCAFE

/* A file that was booted along with the root partition's image: mapped read-only from `begin` (page-aligned) to `end`,
 * which is the address after the last byte; the rest of the last page is 0. */
typedef struct pip_module {
  uint32_t begin; /* the first byte */
  uint32_t end;   /* the byte after the last */
  char name[56];  /* the Multiboot string, cut, always with a terminating 0 */
} pip_module_t;

/* The most modules that the boot information names. */
#define PIP_MODULES_MAX 60

/* The boot information: what the kernel tells the root partition. */
typedef struct pip_fpinfo {
  uint32_t magic;                        /* FPINFO_MAGIC */
  void* membegin;                        /* free memory, mapped user-accessible from membegin ... */
  void* memend;                          /* ... up to memend */
  char revision[64];                     /* the kernel's, as text */
  uint32_t hwcount;                      /* 0 */
  uint32_t devices;                      /* 0 */
  uint32_t extension_version;            /* 1, if what follows is there */
  uint32_t module_count;                 /* how many of the modules are */
  pip_module_t modules[PIP_MODULES_MAX]; /* the further modules, in the order of the boot loader */
  char arguments[160];                   /* this partition's own command line, always with a terminating 0 */
} pip_fpinfo;

#endif /* PIP_FPINFO_H_ */
