/* SPDX-License-Identifier: Apache-2.0 */
/* Primitives of the boot check in C: one function or constant per definition of pipcore/boot-check/Words.v, of the same
   name, but for those that are shims of pipcore/mal.  Frama-C proves the contracts (verification/shims). */
#ifndef PIPCORE_BOOT_CHECK_BOOT_WORDS_H_
#define PIPCORE_BOOT_CHECK_BOOT_WORDS_H_

#include "boot_layout.h"
#include "pip/mal.h"
#include "pipcore/boot-check/boot_types.h"

/* The kernel's own frames; boot says which. */
extern page_t image_begin;
extern page_t image_end;
extern page_t tables_begin;
extern page_t tables_end;

/* A bit for each frame that the check has seen in use; all 0 before the check. */
extern uint32_t taken_frames[(PIP_NOTED_FRAMES + 31U) / 32U];

/* The top table that the MMU uses, as a byte address; the architecture has it. */
/*@ assigns \nothing; ensures root: \result == loaded_mmu_root; */
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
static const uint32_t slot_fuel = PIP_TOP_SLOTS;

/*@ assigns \nothing; ensures exists: (\result != 0) <==> p < frame_count; */
static inline bool frame_exists(page_t p) { return p < frame_count; }
/*@ assigns \nothing;
    ensures memory: PIP_FIRST_ORDINARY_FRAME <= p < frame_count ==> \result != 0;
    ensures other: !(PIP_FIRST_ORDINARY_FRAME <= p < frame_count) ==> ((\result != 0) <==> PIP_IS_DEVICE(p)); */
static inline bool user_frame(page_t p) {
  return (PIP_FIRST_ORDINARY_FRAME <= p && p < frame_count) || device_frame(p);
}
/*@ assigns \nothing; ensures past: (\result != 0) <==> limit <= p; */
static inline bool past(page_t p, page_t limit) { return limit <= p; }

/*@ requires is_cell(p, i); assigns \nothing; ensures word: \result == physical_memory[p][i]; */
static inline word_t boot_word(page_t p, index_t i) { return page_words(p)[i]; }
/*@ requires is_cell(p, i); assigns \nothing; ensures word: \result == physical_memory[p][i]; */
static inline entry_t boot_entry(page_t p, index_t i) { return page_words(p)[i]; }
/*@ requires is_index(i); assigns \nothing; ensures word: \result == kernel_directory[i]; */
static inline entry_t directory_entry(index_t i) { return kernel_directory[i]; }
/*@ assigns \nothing; ensures running: \result == running_partition; */
static inline page_t boot_partition(void) { return running_partition; }
/*@ assigns \nothing; ensures loaded: \result == loaded_mmu_root; */
static inline word_t loaded_table(void) { return read_mmu_root(); }

/* Bit p % 32 of word p / 32. */
/*@ requires p < PIP_NOTED_FRAMES; assigns \nothing;
    ensures taken: (\result != 0) <==> ((taken_frames[p >> 5] >> (p & 31)) & 1) != 0; */
static inline bool is_taken(page_t p) { return ((taken_frames[p >> 5] >> (p & 31U)) & 1U) != 0U; }
/*@ requires p < PIP_NOTED_FRAMES; assigns taken_frames[p >> 5];
    ensures taken: taken_frames[p >> 5] == (\old(taken_frames[p >> 5]) | (uint32_t)(1 << (p & 31))); */
static inline void mark_taken(page_t p) { taken_frames[p >> 5] = taken_frames[p >> 5] | 1U << (p & 31U); }

/*@ requires p < PIP_NOTED_FRAMES; assigns \nothing; ensures next: \result == p + 1; */
static inline page_t frame_after(page_t p) { return p + 1U; }
/*@ requires i < PIP_TABLE_SIZE; assigns \nothing; ensures next: \result == i + 1; */
static inline index_t index_after(index_t i) { return i + 1U; }

#endif
