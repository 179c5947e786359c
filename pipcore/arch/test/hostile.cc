// SPDX-License-Identifier: Apache-2.0
//
// Root partition of a test: lets a child of its own attack the kernel in many ways (attacks.S of the
// architecture), one child per attack, and requires that each time the root is told exactly what the interface
// promises, and nothing else happens.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/vidt.h"
#include "pip/api.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "pip/stdio.h"
#include "pipcore/arch/test/attack_machine.h"
#include "pipcore/arch/test/attacks.h"

namespace {

struct Attack {
  const char* name;
  void (*code)();
  std::uint32_t expected;
  std::uint32_t also_right;
};

constexpr std::uint32_t kDoubleFault = 8;
constexpr std::uint32_t kTimerVector = 32;
constexpr std::uint32_t kVectors = 256;
// What a root that does not expect a vector may have in its VIDT: nothing; the kernel's memory; wrapping round.
constexpr std::array kNoContexts = {0U, 0xD0000000U, 0xFFFFFFC4U};
constexpr std::uint32_t kTicks = 3;
constexpr std::uint32_t kStormTicks = 3000;
constexpr std::uint32_t kRounds = 10000;

std::array<user_ctx_t, kVectors> handler_contexts;
alignas(16) std::array<std::byte, 8192> handler_stack;
user_ctx_t after_yield;
pip::ChildBuilder* child;
std::uint32_t outcome;
std::uint32_t ticks;
std::uint32_t ticks_wanted;

}  // namespace

extern "C" {

extern const Attack attacks_begin[];
extern const Attack attacks_end[];
void handler_entry();

// Pages of the child's own: the first one for stacks, the others to be given away.
constexpr std::size_t kAttackPages = 6;
alignas(4096) std::array<std::uint32_t, kAttackPages * 1024> attack_memory;

[[noreturn]] void OnVector(std::uint32_t vector) {
  if (!OtherRegistersAreFresh()) pip::exit_fail("hostile: the root finds what the child left in a register");
  if (vector == kTimerVector && ++ticks < ticks_wanted) {
    (void)child->ResumeInterrupted(ATTACK_NO_SLOT);
    vector = ATTACK_LOST;
  }
  outcome = vector;
  pip_context_resume(&after_yield);
}
}

namespace {

// Runs one attack, that much later after the timer was set; the vector that ended it, or ATTACK_THROUGH.
std::uint32_t Run(const Attack& attack, std::uint32_t later = 0) {
  pip::ChildBuilder builder(pip::PageAllocator::OfPartition());
  child = &builder;
  pip::Status status = builder.Create();
  const auto image = pip::OwnImage();
  const auto* const stack = reinterpret_cast<const std::byte*>(attack_memory.data());
  // The child sees the code and constants of this very program, read-only, and pages that it may write.
  const std::size_t before = static_cast<std::size_t>(stack - image.data());
  if (status == pip::Status::kDone) {
    status = builder.ShareRange(image.first(before), pip::Rights::kReadExecute);
  }
  if (status == pip::Status::kDone) {
    status = builder.ShareRange({stack, sizeof(attack_memory)}, pip::Rights::kReadWrite);
  }
  if (status == pip::Status::kDone) {
    status = builder.PrepareStart({.entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(attack.code))});
  }
  if (status != pip::Status::kDone) {
    pip::exit_fail("hostile: %s: cannot make the child: %s", attack.name, pip::to_string(status).data());
  }
  ticks = 0;
  const bool to_and_fro = attack.expected == ATTACK_TO_AND_FRO;
  const bool storm = attack.expected == ATTACK_UNTIL_STORM;
  ticks_wanted = to_and_fro ? UINT32_MAX : storm ? kStormTicks : kTicks;
  SetTimer(to_and_fro ? TimerSpeed::kGale : storm ? TimerSpeed::kStorm : TimerSpeed::kCalm);
  outcome = ATTACK_THROUGH;
  // Volatile: calls whose answer nobody needs, but that take time.
  for (volatile std::uint32_t i = later; i > 0;) {
    const std::uint32_t left = i - 1;
    i = left;
  }
  status = builder.Yield({.save_slot = ATTACK_DONE_SLOT});
  for (std::uint32_t round = 0; to_and_fro && round < kRounds; ++round) {
    // Where the child was interrupted in the gate, the tick waits until the root lets the child go on; meanwhile the
    // root's own calls must come back as always.
    const pip_answer_t name = pip_mapped_in_child(builder.descriptor().address());
    if (name.status != PIP_DONE || name.value != builder.descriptor().address()) {
      pip::exit_fail("hostile: %s: a call of the root answers %u, %#x", attack.name, name.status, name.value);
    }
    if (status == pip::Status::kDone && outcome == ATTACK_THROUGH) {
      status = builder.Yield({.vector = ATTACK_AGAIN_SLOT, .save_slot = ATTACK_DONE_SLOT});
    }
  }
  SetTimer(TimerSpeed::kCalm);
  if (status != pip::Status::kDone) {
    pip::exit_fail("hostile: %s: yield: %s", attack.name, pip::to_string(status).data());
  }
  const std::uint32_t result = outcome;
  status = builder.Destroy();
  if (status != pip::Status::kDone) {
    pip::exit_fail("hostile: %s: cannot delete the child: %s", attack.name, pip::to_string(status).data());
  }
  return result;
}

// The same until no tick comes where the child has nowhere to be saved, for those that say so.
std::uint32_t RunToItsEnd(const Attack& attack) {
  constexpr std::uint32_t kAttempts = 100;
  constexpr std::uint32_t kLater = 500;
  std::uint32_t result = Run(attack);
  for (std::uint32_t i = 1; i < kAttempts && result == ATTACK_LOST && attack.also_right == ATTACK_AGAIN_IF_LOST; ++i) {
    result = Run(attack, i * kLater);
  }
  return result;
}

bool IsRight(const Attack& attack, std::uint32_t result) {
  if (attack.expected == ATTACK_UNTIL_TICKS || attack.expected == ATTACK_UNTIL_STORM) {
    return result == kTimerVector;
  }
  if (attack.expected == ATTACK_TO_AND_FRO) {
    return result == ATTACK_THROUGH && ticks > 0;
  }
  return result == attack.expected || result == attack.also_right;
}

// Whether the root is told of a double fault when an attack ends at vectors that its VIDT has no context for.
bool IsDoubleFaultOfDeafRoot(const Attack& attack, std::uint32_t word) {
  pip::Vidt vidt = pip::Vidt::Own();
  for (const std::uint32_t vector : {attack.expected, attack.also_right}) {
    if (vector < kVectors) {
      vidt.Set(vector, word);
    }
  }
  const std::uint32_t result = RunToItsEnd(attack);
  for (const std::uint32_t vector : {attack.expected, attack.also_right}) {
    if (vector < kVectors) {
      vidt.Set(vector, handler_contexts[vector]);
    }
  }
  return result == kDoubleFault || (result >= kVectors && (result == attack.expected || result == attack.also_right));
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  PrepareAttacks();
  pip::Vidt vidt = pip::Vidt::Own();
  for (std::uint32_t vector = 0; vector < handler_contexts.size(); ++vector) {
    vidt.SetHandler(vector, handler_contexts[vector], handler_entry, handler_stack);
    pip_context_set_boot_information(&handler_contexts[vector], vector);
  }
  vidt.Set(ATTACK_DONE_SLOT, after_yield);
  vidt.Set(ATTACK_NO_SLOT, 0);
  std::uint32_t count = 0;
  for (const Attack& attack : std::span(attacks_begin, attacks_end)) {
    const std::uint32_t result = RunToItsEnd(attack);
    if (!IsRight(attack, result)) {
      pip::exit_fail("hostile: %s: expected %u, but the root is told %u", attack.name, attack.expected, result);
    }
    if (attack.expected < kVectors && !IsDoubleFaultOfDeafRoot(attack, kNoContexts[count % kNoContexts.size()])) {
      pip::exit_fail("hostile: %s: a root without handler is not told of a double fault", attack.name);
    }
    ++count;
  }
  pip::exit_pass("hostile: %u attacks, each ended as promised", count);
}
