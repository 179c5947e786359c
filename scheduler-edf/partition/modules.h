// SPDX-License-Identifier: Apache-2.0
//
// The files that boot along with a root partition.
#ifndef PIP_SCHEDULER_EDF_PARTITION_MODULES_H_
#define PIP_SCHEDULER_EDF_PARTITION_MODULES_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/machine.h"
#include "pip/fpinfo.h"
#include "pip/string.h"

namespace pip::edf {

// The module whose command line ends with the word `name`; `who` needs it, and says so at the machine's end.
inline std::span<const std::byte> FindModule(const pip_fpinfo& boot, const char* who, const char* name) {
  for (std::uint32_t i = 0; boot.extension_version >= 1 && i < boot.module_count; ++i) {
    const pip_module_t& module = boot.modules[i];
    const char* last_word = module.name;
    for (const char* at = module.name; *at != 0; ++at) {
      if (*at == ' ') last_word = at + 1;
    }
    if (strcmp(last_word, name) == 0) {
      // The kernel mapped the file there, read-only.
      return {reinterpret_cast<const std::byte*>(module.begin), module.end - module.begin};
    }
  }
  exit_fail("%s: no module is called %s", who, name);
}

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_MODULES_H_
