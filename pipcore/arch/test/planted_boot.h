// SPDX-License-Identifier: Apache-2.0
//
// For kernels that break what they have built, or themselves, just before the boot check: the root image's command line
// says what to break.
#ifndef PIPCORE_ARCH_TEST_PLANTED_BOOT_H_
#define PIPCORE_ARCH_TEST_PLANTED_BOOT_H_

#include <span>

#include "pipcore/kernel/boot_information.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip {

struct Plant {
  const char* name;
  void (*break_it)();
};

inline bool SameWords(const char* a, const char* b) {
  for (; *a == *b; ++a, ++b) {
    if (*a == '\0') {
      return true;
    }
  }
  return false;
}

// Breaks what the text after the image's name says. boot_information: the frame of that page.
inline void BreakAsTold(std::span<const Plant> plants, page_t boot_information) {
  // Right because boot has just filled this page as a BootInformation.
  const auto& information = *reinterpret_cast<const kernel::BootInformation*>(&physical_memory[boot_information]);
  const char* text = information.arguments.data();
  while (*text != ' ' && *text != '\0') {
    ++text;
  }
  for (const Plant& plant : plants) {
    if (*text == ' ' && SameWords(plant.name, text + 1)) {
      plant.break_it();
    }
  }
}

}  // namespace pip

#endif  // PIPCORE_ARCH_TEST_PLANTED_BOOT_H_
