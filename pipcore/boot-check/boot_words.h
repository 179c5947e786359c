/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives of the boot check: one C function, constant or variable per definition of Words.v, of the same name,
   but for those that are shims of pipcore/mal. */
#ifndef PIPCORE_BOOT_CHECK_BOOT_WORDS_H_
#define PIPCORE_BOOT_CHECK_BOOT_WORDS_H_

#include "pip/mal.h"
#include "pipcore/boot-check/boot_types.h"

/* The kernel's own frames; boot says which. */
extern page_t image_begin;
extern page_t image_end;
extern page_t tables_begin;
extern page_t tables_end;

/* A bit for each frame that the check has seen in use; all 0 before the check. */
extern uint32_t taken_frames[PIP_MAXIMUM_FRAMES / 32U];

/* The top table that the MMU uses, as a byte address; the architecture has it. */
uint32_t read_mmu_root(void);

static const index_t mmu_place = PIP_DESCRIPTOR_MMU;
static const index_t shadow1_place = PIP_DESCRIPTOR_SHADOW1;
static const index_t shadow2_place = PIP_DESCRIPTOR_SHADOW2;
static const index_t list_place = PIP_DESCRIPTOR_LIST;
static const index_t parent_place = PIP_DESCRIPTOR_PARENT;
static const index_t vsti_place = PIP_DESCRIPTOR_VSTI;
static const index_t next_place = PIP_LIST_NEXT;
static const index_t origin_place = PIP_LIST_ORIGIN;
static const index_t count_place = PIP_LIST_COUNT;

static inline bool frame_exists(page_t p) { return p < frame_count; }
/* VGA text memory is the only device that the root partition may map. */
static inline bool device_frame(page_t p) { return 0xB8U <= p && p < 0xC0U; }
static inline bool user_frame(page_t p) {
  return (PIP_FIRST_ORDINARY_FRAME <= p || device_frame(p)) && p < frame_count;
}
/* Bits 5 and 6, accessed and dirty, are the hardware's (Intel SDM volume 3A, section 4.8). */
static inline bool same_mapping(entry_t a, entry_t b) { return (a | 0x60U) == (b | 0x60U); }
static inline bool past(page_t p, page_t limit) { return limit <= p; }
static inline bool is_kernel_slot(index_t i) {
  return i == 0U || (PIP_FIRST_WINDOW_SLOT <= i && i <= PIP_LAST_WINDOW_SLOT);
}

static inline word_t boot_word(page_t p, index_t i) { return page_words(p)[i]; }
static inline entry_t boot_entry(page_t p, index_t i) { return page_words(p)[i]; }
static inline entry_t directory_entry(index_t i) { return kernel_directory[i]; }
static inline page_t boot_partition(void) { return running_partition; }
static inline word_t loaded_table(void) { return read_mmu_root(); }
static inline bool is_taken(page_t p) { return ((taken_frames[p / 32U] >> (p % 32U)) & 1U) != 0U; }
static inline void mark_taken(page_t p) { taken_frames[p / 32U] = taken_frames[p / 32U] | 1U << (p % 32U); }
static inline page_t frame_after(page_t p) { return p + 1U; }
static inline index_t index_after(index_t i) { return i + 1U; }

#endif
