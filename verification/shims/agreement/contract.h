// SPDX-License-Identifier: Apache-2.0
//
// Contracts that can be run: what contracts_to_cpp.py writes is made of these.
#ifndef VERIFICATION_SHIMS_AGREEMENT_CONTRACT_H_
#define VERIFICATION_SHIMS_AGREEMENT_CONTRACT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" {
#include "pip/mal.h"
}

namespace pip::agreement {

// An integer of ACSL: wide enough for what the contracts compute from words.
using I = std::int64_t;

constexpr I k_pages = PIP_MAXIMUM_FRAMES;
constexpr I k_entries = PIP_TABLE_SIZE;
constexpr I k_registers = PIP_CONTEXT_WORDS;

// All that shims can read or write.  A word that is not there is 0: a clause about it is no clause about memory.
struct State {
  std::array<std::array<std::uint32_t, PIP_TABLE_SIZE>, PIP_MAXIMUM_FRAMES> memory;
  std::array<std::uint32_t, PIP_CONTEXT_WORDS> saved;
  std::array<std::uint32_t, PIP_TABLE_SIZE> directory;
  I running_partition;
  I loaded_mmu_root;
  I invalidated_page;
  I frame_count;
  I root_partition;

  bool operator==(const State&) const = default;

  I physical_memory_at(I p, I i) const {
    if (p < 0 || p >= k_pages || i < 0 || i >= k_entries) {
      return 0;
    }
    return memory.at(static_cast<std::size_t>(p)).at(static_cast<std::size_t>(i));
  }
  I registers_at(I i) const { return i < 0 || i >= k_registers ? 0 : saved.at(static_cast<std::size_t>(i)); }
  I kernel_directory_at(I i) const { return i < 0 || i >= k_entries ? 0 : directory.at(static_cast<std::size_t>(i)); }
};

// What an `assigns` clause names: words low to high of a page, registers low to high, or a variable.
enum class Place { physical_memory, registers, running_partition, loaded_mmu_root };
struct Region {
  Place place;
  I page;
  I low;
  I high;
};

// Members of a context_t, in their order.
enum Member { k_partition, k_first, k_second, k_offset };

struct Function {
  const char* name;
  const char* result_type;
  std::vector<const char*> parameter_types;
  bool (*requires_)(const State& pre, const I* arguments);
  // The name of the first `ensures` clause that does not hold, or nullptr.
  const char* (*broken)(const State& pre, const State& post, const I* arguments, const std::vector<I>& result);
  std::vector<Region> (*assigned)(const State& pre, const I* arguments);
  void (*call)(const I* arguments, std::vector<I>& result);
};

template <typename Predicate>
bool for_all(I low, I end, const Predicate& holds) {
  for (I i = low; i < end; ++i) {
    if (!holds(i)) {
      return false;
    }
  }
  return true;
}

// pipcore/model/Primitives.v.
inline I power_of_byte(I b) { return I{1} << (8 * b); }
inline I get_byte(I w, I b) { return w / power_of_byte(b) % 256; }
inline I set_byte(I w, I b, I x) { return w - get_byte(w, b) * power_of_byte(b) + x * power_of_byte(b); }

}  // namespace pip::agreement

#endif  // VERIFICATION_SHIMS_AGREEMENT_CONTRACT_H_
