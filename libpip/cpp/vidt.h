// SPDX-License-Identifier: Apache-2.0
//
// pip::Vidt: a virtual interrupt descriptor table, this partition's own or one that is being made for a child.
#ifndef LIBPIP_CPP_VIDT_H_
#define LIBPIP_CPP_VIDT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/page.h"
#include "pip/vidt.h"

namespace pip {

// A virtual interrupt descriptor table: for each vector the address of a context, or 0.
class Vidt {
 public:
  // The table in `page` of this partition's memory, which may be a child's table that the child has elsewhere.
  explicit Vidt(Page page) : words_(Words(page)) {}

  // This partition's own table.
  static Vidt Own() { return Vidt(Page::Containing(PIP_VIDT_ADDRESS)); }

  // Names the context for a vector by its address in the partition that owns the table; 0: none.  False when the vector
  // is not usable.
  bool Set(std::uint32_t vector, std::uint32_t context_address) {
    if (vector >= PIP_VIDT_ENTRIES) {
      return false;
    }
    words_[vector] = context_address;
    return true;
  }

  // For the partition's own table, whose contexts have the same address here.
  bool Set(std::uint32_t vector, const user_ctx_t& context) {
    return Set(vector, static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&context)));
  }

  // Starts `handler` on `stack`, from its beginning, whenever the vector is delivered; `context` is kept in use.  Each
  // vector needs a stack of its own unless one of the handlers never runs while another may be resumed.
  bool SetHandler(std::uint32_t vector, user_ctx_t& context, void (*handler)(), std::span<std::byte> stack) {
    const auto entry = reinterpret_cast<std::uintptr_t>(handler);
    const auto end = reinterpret_cast<std::uintptr_t>(stack.data() + stack.size());
    // As if the function had been called; there is nothing to return to.
    const std::uintptr_t top = (end & ~std::uintptr_t{15}) - PIP_CALLED_STACK_OFFSET;
    pip_context_initialise(&context, static_cast<std::uint32_t>(entry), static_cast<std::uint32_t>(top), 0);
    return Set(vector, context);
  }

  // The address of the context for a vector; 0 if there is none.
  std::uint32_t At(std::uint32_t vector) const { return vector < PIP_VIDT_ENTRIES ? words_[vector] : 0; }

 private:
  std::span<std::uint32_t, kPageWords> words_;
};

}  // namespace pip

#endif  // LIBPIP_CPP_VIDT_H_
