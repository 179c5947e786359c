// SPDX-License-Identifier: Apache-2.0
//
// nanny::Hostile: one partition executes whatever can be made up, from whatever registers, while another one, the
// victim, must find its memory as it was.  What each single attack must come to stands in pipcore/arch/ARCH/test; here
// are the many. The architecture's cases are in hostile_ARCH.cc, in a class that begins with this one.
#ifndef NANNY_HOSTILE_H_
#define NANNY_HOSTILE_H_

#include <cstdint>
#include <span>

#include "nanny/builder.h"
#include "nanny/world.h"
#include "pip/context.h"
#include "pip/stdio.h"

namespace nanny {

class Hostile {
 public:
  using Code = std::span<const std::uint8_t>;
  // Behind the attacker's code: whatever comes through runs into this. In the victim: a loop that never ends.
  static const Code kUndefinedInstruction;
  static const Code kEndlessLoop;

  explicit Hostile(World& world) : world_(world), reference_(world.reference()), random_(world.random()) {}

 protected:
  static constexpr std::uint32_t kCode = kChildMemory;            // a page of the attacker's own
  static constexpr std::uint32_t kStack = kChildMemory + 0x1800;  // in its second page
  static constexpr std::uint32_t kStackPage = kChildMemory + 0x1000;
  static constexpr std::uint32_t kPages = 8;
  static constexpr std::uint32_t kPatience = 1000;                    // ticks until a case that must end is given up
  static constexpr std::uint32_t kFastTicks = kDefaultTicks / 5 + 1;  // 500 a second

  // The two partitions; then the architecture's cases, with AskVictim after each kind; then random contexts and code,
  // so many of each, and everything is taken apart.
  void Begin();
  void RunRandomCasesAndEnd(std::uint32_t rounds);

  // The attacker is made anew. The victim has its memory, its names, its way into the kernel, and is interrupted when
  // it spins.
  void AskVictim();

  // Lets the attacker execute the code with these registers; the vector that the nanny is told.
  std::uint32_t Execute(Code code, const user_ctx_t& context, std::uint32_t patience = kPatience);
  user_ctx_t Registers() const {
    user_ctx_t context;
    pip_context_initialise(&context, kCode, kStack, 0);
    return context;
  }
  void Require(bool condition, const char* what, std::uint32_t which, std::uint32_t told) {
    if (!condition) {
      printf("nanny: case %#x, told of %u\n", which, told);
      world_.Fail(what);
    }
  }
  // A partition that nobody knows any more is replaced.
  void Renew();
  // A page of the attacker.
  std::span<std::uint32_t> Words(std::uint32_t address) {
    return std::span(reference_.WordsOf(reference_.Find(attacker_, address)->frame), 1024);
  }

  World& world_;
  Reference& reference_;
  Random& random_;
  Id attacker_ = kNobody;
  Id victim_ = kNobody;
};

}  // namespace nanny

#endif  // NANNY_HOSTILE_H_
