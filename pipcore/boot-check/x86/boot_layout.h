/* SPDX-License-Identifier: Apache-2.0 */
/* What the boot check knows of x86: links are entries like others, and the kernel has slots of its own. */
#ifndef PIPCORE_BOOT_CHECK_X86_BOOT_LAYOUT_H_
#define PIPCORE_BOOT_CHECK_X86_BOOT_LAYOUT_H_

#include "pip/mal.h"

/* Slots of a top table. */
#define PIP_TOP_SLOTS PIP_TABLE_SIZE
/* Frames that the check can note: those that the window shows. */
#define PIP_NOTED_FRAMES PIP_MAXIMUM_FRAMES

/*@ requires p < 0x100000; assigns \nothing; ensures link: \result == p * 4096 + 0x207; */
static inline entry_t link_word(page_t p) { return link_entry(p); }

/* VGA text memory is the only device that the root partition may map. */
#define PIP_IS_DEVICE(p) (0xB8 <= (p) < 0xC0)
/*@ assigns \nothing; ensures device: (\result != 0) <==> PIP_IS_DEVICE(p); */
static inline bool device_frame(page_t p) { return 0xB8U <= p && p < 0xC0U; }
/* Bits 5 and 6, accessed and dirty, are the hardware's (Intel SDM volume 3A, section 4.8). */
/*@ assigns \nothing; ensures same: (\result != 0) <==> (a | 0x60) == (b | 0x60); */
static inline bool same_mapping(entry_t a, entry_t b) { return (a | 0x60U) == (b | 0x60U); }
/*@ assigns \nothing;
    ensures kernel: (\result != 0) <==> i == 0 || PIP_FIRST_WINDOW_SLOT <= i <= PIP_LAST_WINDOW_SLOT; */
static inline bool is_kernel_slot(index_t i) {
  return i == 0U || (PIP_FIRST_WINDOW_SLOT <= i && i <= PIP_LAST_WINDOW_SLOT);
}

/*@ requires is_page(p) && i < PIP_TOP_SLOTS; assigns \nothing; ensures word: \result == physical_memory[p][i]; */
static inline entry_t boot_link(page_t p, index_t i) { return page_words(p)[i]; }
/* A link is one word. */
/*@ requires is_page(p) && i < PIP_TOP_SLOTS; assigns \nothing; ensures whole: \result != 0; */
static inline bool link_follows(page_t p, index_t i, entry_t e) {
  (void)p;
  (void)i;
  (void)e;
  return true;
}

#endif
