// SPDX-License-Identifier: Apache-2.0
//
// The last step of boot: nobody runs on memory that is not as the isolation theorem requires.
#ifndef PIPCORE_BOOT_CHECK_REQUIRE_SOUND_BOOT_H_
#define PIPCORE_BOOT_CHECK_REQUIRE_SOUND_BOOT_H_

extern "C" {
#include "pipcore/boot-check/boot_types.h"
}

namespace pip::kernel {

// What is wrong, in words.
const char* Describe(boot_fault_t fault);

// Frames from begin up to, not including, end.
struct Frames {
  page_t begin;
  page_t end;
};

// Checks the memory that boot has built, in which the kernel's image and the tables of its window have these frames.
// Returns if it is sound; else stops the machine with one line.
void RequireSoundBoot(Frames image, Frames window_tables);

}  // namespace pip::kernel

#endif  // PIPCORE_BOOT_CHECK_REQUIRE_SOUND_BOOT_H_
