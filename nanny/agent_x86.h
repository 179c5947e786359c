// SPDX-License-Identifier: Apache-2.0
//
// Agents on x86: how a partition is told what to do through its home page (home.h), and how the nanny enters the
// kernel. Everything else of the nanny is the same on every architecture.
#ifndef NANNY_AGENT_X86_H_
#define NANNY_AGENT_X86_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "nanny/home_x86.h"
#include "nanny/random.h"
#include "nanny/reference.h"
#include "pip/context.h"

namespace nanny {

enum class Entry : std::uint8_t { kFast, kGate };

// A home as the nanny sees it: words of a page of its pool.
class Home {
 public:
  explicit Home(std::uint32_t* words) : words_(words) {}

  // Code, a VIDT that names nothing but what home.h lists, and garbage elsewhere.  The garbage is such that no address
  // read from it, at any alignment, is one of user space: whoever starts there faults.
  void Fill(Random& random, std::uint32_t signature);

  // What the agent does when it is started at AGENT_SLOT_GO.
  void SetCall(const Call& call, Entry entry);
  void SetYieldToChild(std::uint32_t descriptor, std::uint32_t vector);
  void SetTouch(std::uint32_t address, bool write, std::uint32_t value);
  void SetStart(const user_ctx_t& context) { Context(AGENT_GO) = context; }
  // Calls through the fast entry, one after the other; at most kCallsAtOnce.
  void SetCalls(std::span<const Call> calls);

  // Where it stood when it was stopped, if it was since Fill or Forget.
  bool stopped() const { return Context(AGENT_STOPPED).valid == 1; }
  void Forget() { Context(AGENT_STOPPED).valid = 0; }
  const user_ctx_t& start() const { return Context(AGENT_GO); }
  const user_ctx_t& stop() const { return Context(AGENT_STOPPED); }
  const user_ctx_t& away() const { return Context(AGENT_AWAY); }
  // It stopped behind the code at this offset, having done what it was told.
  bool HasDone(std::uint32_t code) const;
  bool HasLanded() const;
  // After a call that returned: the answer, as the entry shows it.
  Answer Result(const Call& call, Entry entry) const;
  // Whether the registers that the kernel keeps have kept their values.
  bool KeptRegisters(Entry entry, const user_ctx_t& started) const;
  // Whether the registers that a yield saved are those of the call.
  bool SavedRegisters(const Call& call, Entry entry, const user_ctx_t& started) const;

 private:
  user_ctx_t& Context(std::uint32_t offset) const;
  std::uint32_t* words_;
};

inline constexpr std::size_t kCallsAtOnce = 64;

// Whether this entry can carry the arguments at all.
bool CanEnter(Entry entry, const Call& call);

// What the entry shows of an answer: a call gate does not give reasons.
Answer Shown(Entry entry, const Call& call, Answer answer);

// Makes the nanny's own VIDT: a handler for each vector below kOwnHandlers, AGENT_SLOT_AWAY to save to, some slots that
// name no context.
inline constexpr std::uint32_t kOwnHandlers = 256;
void SetOwnVidt();

// A call of the nanny itself.  A yield that was done ends when the nanny is told of something: then `told` is the
// vector.
struct OwnResult {
  Answer answer;
  bool told = false;
  std::uint32_t vector = 0;
};
OwnResult CallAsRoot(const Call& call, Entry entry);

bool HasFastEntry();

// The timer ticks once per so many cycles of its clock.
inline constexpr std::uint32_t kDefaultTicks = 11932;  // 100 a second
void SetTicks(std::uint32_t divisor);

}  // namespace nanny

#endif  // NANNY_AGENT_X86_H_
