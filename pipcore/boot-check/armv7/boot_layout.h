/* SPDX-License-Identifier: Apache-2.0 */
/* What the boot check knows of ARMv7: four words make a link (pip/links.h), and above user space the processor uses the
   kernel's own table, so that no slot is the kernel's. */
#ifndef PIPCORE_BOOT_CHECK_ARMV7_BOOT_LAYOUT_H_
#define PIPCORE_BOOT_CHECK_ARMV7_BOOT_LAYOUT_H_

#include "pip/mal.h"

/* Slots of a top table. */
#define PIP_TOP_SLOTS 256U
/* Frames that the check can note: memory, and devices above it. */
#define PIP_NOTED_FRAMES PIP_MAXIMUM_FRAMES

/* Where the first word of the link in slot i stands. */
#define PIP_SLOT_PLACE(i) ((i)*PIP_LINKS)

/*@ requires p < 0x100000; assigns \nothing; ensures link: \result == p * 4096 + PIP_LINK_PRESENT; */
static inline entry_t link_word(page_t p) { return p * PIP_PAGE_BYTES + PIP_LINK_PRESENT; }

/* What pipcore/arch/armv7/peripherals.h gives to a root partition; for contracts, and in C. */
#define PIP_IS_DEVICE(p) (0x3F000 <= (p) < 0x3F400 || (p) == 0x40000)
/*@ assigns \nothing; ensures device: (\result != 0) <==> PIP_IS_DEVICE(p); */
static inline bool device_frame(page_t p) { return (0x3F000U <= p && p < 0x3F400U) || p == 0x40000U; }
/* The processor changes nothing in its tables: boot clears SCTLR.HA (ARM DDI 0406C, sections B3.7.4 and B4.1.130). */
/*@ assigns \nothing; ensures same: (\result != 0) <==> a == b; */
static inline bool same_mapping(entry_t a, entry_t b) { return a == b; }
/*@ assigns \nothing; ensures kernel: (\result != 0) <==> PIP_TOP_SLOTS <= i; */
static inline bool is_kernel_slot(index_t i) { return PIP_TOP_SLOTS <= i; }

/*@ requires is_page(p) && i < PIP_TOP_SLOTS; assigns \nothing;
    ensures word: \result == physical_memory[p][PIP_SLOT_PLACE(i)]; */
static inline entry_t boot_link(page_t p, index_t i) { return page_words(p)[PIP_SLOT_PLACE(i)]; }
/* Whether the three words after the first, which is e, are absent with it, or lead to the other tables of its page. */
/*@ requires is_page(p) && i < PIP_TOP_SLOTS; assigns \nothing;
    ensures absent: e == 0 ==> ((\result != 0) <==> physical_memory[p][PIP_SLOT_PLACE(i) + 1] == 0 &&
              physical_memory[p][PIP_SLOT_PLACE(i) + 2] == 0 && physical_memory[p][PIP_SLOT_PLACE(i) + 3] == 0);
    ensures links: e != 0 ==> ((\result != 0) <==>
              physical_memory[p][PIP_SLOT_PLACE(i) + 1] == (e >> 12) * 4096 + 0x401 &&
              physical_memory[p][PIP_SLOT_PLACE(i) + 2] == (e >> 12) * 4096 + 0x801 &&
              physical_memory[p][PIP_SLOT_PLACE(i) + 3] == (e >> 12) * 4096 + 0xC01); */
static inline bool link_follows(page_t p, index_t i, entry_t e) {
  const uint32_t* const words = &page_words(p)[PIP_SLOT_PLACE(i)];
  uint32_t first = 0U;
  uint32_t step = 0U;
  if (e != no_entry) {
    first = frame_of(e) * PIP_PAGE_BYTES + PIP_LINK_PRESENT;
    step = PIP_LINK_TABLE_BYTES;
  }
  return words[1] == first + step && words[2] == first + 2U * step && words[3] == first + 3U * step;
}

#endif
