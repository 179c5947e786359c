// SPDX-License-Identifier: Apache-2.0
#include "pipcore/boot-check/require_sound_boot.h"

#include "pipcore/kernel/last_words.h"

extern "C" {
#include "boot_check.h"
#include "pipcore/boot-check/boot_words.h"

// What boot_words.h declares.
page_t image_begin = 0;
page_t image_end = 0;
page_t tables_begin = 0;
page_t tables_end = 0;
std::uint32_t taken_frames[PIP_MAXIMUM_FRAMES / 32U];
}

namespace pip::kernel {

const char* Describe(boot_fault_t fault) {
  switch (fault) {
    case BOOT_SOUND:
      return "nothing is wrong";
    case BOOT_KERNEL_RANGE_OUTSIDE:
      return "the kernel stands outside memory";
    case BOOT_NOT_THE_ROOT:
      return "another partition than the root would run";
    case BOOT_WRONG_TABLE_LOADED:
      return "the MMU does not use the root partition's table";
    case BOOT_BAD_DESCRIPTOR:
      return "the root partition's descriptor is damaged";
    case BOOT_BAD_LIST:
      return "the root partition's configuration list is not empty";
    case BOOT_KERNEL_ENTRY_CHANGED:
      return "an entry of the kernel is not the kernel's";
    case BOOT_KERNEL_ENTRY_OPEN:
      return "an entry of the kernel lets user mode pass";
    case BOOT_BAD_LINK:
      return "an entry of a root table is no link, or differs between the three trees";
    case BOOT_BAD_ENTRY:
      return "an entry of a leaf table maps no user page";
    case BOOT_LEFTOVER_IN_SHADOW:
      return "a shadow table is not empty";
    case BOOT_FRAME_OUTSIDE:
      return "a frame that nobody may use is used";
    case BOOT_FRAME_TAKEN:
      return "a frame is used twice, or is the kernel's";
  }
  return "an answer that the check does not have";
}

void RequireSoundBoot(Frames image, Frames window_tables) {
  image_begin = image.begin;
  image_end = image.end;
  tables_begin = window_tables.begin;
  tables_end = window_tables.end;
  const boot_finding_t finding = check_boot();
  if (finding.fault == BOOT_SOUND) {
    return;
  }
  TextLine line;
  line.Append("the state after boot is not sound: ").Append(Describe(finding.fault));
  LastWords(line.Append("; slot ").AppendDecimal(finding.slot).Append(", entry ").AppendDecimal(finding.index));
}

}  // namespace pip::kernel
