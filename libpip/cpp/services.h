// SPDX-License-Identifier: Apache-2.0
//
// The kernel's services as C++ functions: pip/services.h with types that say what is meant.
#ifndef LIBPIP_CPP_SERVICES_H_
#define LIBPIP_CPP_SERVICES_H_

#include <cstdint>

#include "libpip/cpp/page.h"
#include "libpip/cpp/result.h"
#include "libpip/cpp/status.h"
#include "pip/services.h"
#include "pip/vidt.h"

namespace pip {

// Interrupt state: masked is VCLI, unmasked is VSTI.
enum class Interrupts : std::uint32_t { kMasked = 0, kUnmasked = 1 };

// How to leave: the context to resume there, where the caller's registers go, the caller's interrupt state while it is
// away and when it wakes up.
struct YieldOptions {
  std::uint32_t vector = PIP_VECTOR_INITIAL;    // index in the target's VIDT
  std::uint32_t save_slot = 0;                  // index in the caller's VIDT; nothing is saved if 0 stands there
  Interrupts while_away = Interrupts::kMasked;  // decides between slots 48 and 49 when the caller is away
  Interrupts on_wake = Interrupts::kMasked;     // the state that is saved with the registers
};

// Gives the processor to the child with this descriptor; returns when the caller is resumed, or at once when refused.
inline Status YieldToChild(Page descriptor, const YieldOptions& options) {
  return ToStatus(pip_yield(descriptor.address(), options.vector, options.save_slot,
                            static_cast<std::uint32_t>(options.while_away),
                            static_cast<std::uint32_t>(options.on_wake)));
}

// Gives the processor to the parent; returns as YieldToChild does.
inline Status YieldToParent(const YieldOptions& options) {
  return ToStatus(pip_yield(0, options.vector, options.save_slot, static_cast<std::uint32_t>(options.while_away),
                            static_cast<std::uint32_t>(options.on_wake)));
}

// Shows the caller's page `source` in the child at `destination`.
inline Status AddPage(Page source, Page child, Page destination, Rights rights) {
  return ToStatus(
      pip_add_vaddr(source.address(), child.address(), destination.address(), static_cast<std::uint32_t>(rights)));
}

// Takes back the page that the child has at `page`.
inline Status RemovePage(Page child, Page page) { return ToStatus(pip_remove_vaddr(child.address(), page.address())); }

// Takes the child away with everything below it; all of its pages are the caller's again.
inline Status DeletePartition(Page child) { return ToStatus(pip_delete_partition(child.address())); }

// Sets the caller's own interrupt state.
inline void SetInterrupts(Interrupts state) { (void)pip_set_int_state(static_cast<std::uint32_t>(state)); }

// The interrupt state of a child.
inline Result<Interrupts> InterruptsOf(Page child) {
  const pip_answer_t answer = pip_get_int_state(child.address());
  if (answer.status != PIP_DONE) {
    return ToStatus(answer.status);
  }
  return answer.value != 0 ? Interrupts::kUnmasked : Interrupts::kMasked;
}

}  // namespace pip

#endif  // LIBPIP_CPP_SERVICES_H_
