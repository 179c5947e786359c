// SPDX-License-Identifier: Apache-2.0
// A translation buffer as bad as the processor allows: before a service runs it has looked up every page that the
// running partition can use; whatever the service changes without invalidating it shows.
#ifndef PIPCORE_ARCH_HOST_TRANSLATION_BUFFER_H_
#define PIPCORE_ARCH_HOST_TRANSLATION_BUFFER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "pip/layout.h"

namespace pip::host {

class TranslationBuffer {
 public:
  // Physical memory as the shims have it.
  using Memory = const std::uint32_t (*)[PIP_TABLE_SIZE];

  explicit TranslationBuffer(Memory memory) : memory_(memory) {}

  // Looks up all pages of user space that the tables below this root table map.
  void Fill(std::uint32_t root_frame);
  // Forgets everything, or one page.
  void Flush() { used_ = 0; }
  void Forget(std::uint32_t page);
  // A page whose entry is not what the buffer still holds; nothing if there is none.  Bits that the processor sets
  // itself do not count.
  std::optional<std::uint32_t> FirstStalePage(std::uint32_t root_frame) const;

 private:
  // The entries of one leaf table when they were looked up; 0 is forgotten.
  struct RememberedTable {
    std::uint32_t slot;
    std::array<std::uint32_t, PIP_TABLE_SIZE> entries;
  };

  Memory memory_;
  std::vector<RememberedTable> tables_;  // the first used_ of them count
  std::size_t used_ = 0;
};

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_TRANSLATION_BUFFER_H_
