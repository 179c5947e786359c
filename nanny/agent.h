// SPDX-License-Identifier: Apache-2.0
//
// Agents: how a partition is told what to do through its home page (home.h), and how the nanny enters the kernel. What
// registers and instructions are is in agent_x86.cc and agent_armv7.cc; the rest, agent.cc, is the same everywhere.
#ifndef NANNY_AGENT_H_
#define NANNY_AGENT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "nanny/home.h"
#include "nanny/machine.h"
#include "nanny/random.h"
#include "nanny/reference.h"
#include "pip/context.h"

namespace nanny {

// The entry whose answer has a reason, SYSENTER or an svc with status; the compatible one with one word, a call gate or
// a plain svc.
enum class Entry : std::uint8_t { kFast, kGate };

// A home as the nanny sees it: words of a page of its pool.
class Home {
 public:
  explicit Home(std::uint32_t* words) : words_(words) {}

  // Code, a VIDT that names nothing but what home.h lists, and garbage elsewhere: in segment registers and flags too.
  // The garbage is such that no address read from it, at any alignment, is one of user space: whoever starts there
  // faults.
  void Fill(Random& random, std::uint32_t signature);

  // What the agent does when it is started at AGENT_SLOT_GO.
  void SetCall(const Call& call, Entry entry);
  void SetYieldToChild(std::uint32_t descriptor, std::uint32_t vector);
  void SetTouch(std::uint32_t address, bool write, std::uint32_t value);
  void SetStart(const user_ctx_t& context) { Context(AGENT_GO) = context; }
  // Calls through the fast entry, one after the other; at most kCallsAtOnce.
  void SetCalls(std::span<const Call> calls);

  // The answer to one of them, after those before it and it have returned.
  Answer ListAnswer(std::size_t i) const;
  void SetSlot(std::uint32_t slot, std::uint32_t context) { words_[slot] = context; }

  // Where it stood when it was stopped, if it was since Fill or Forget.
  bool stopped() const { return Context(AGENT_STOPPED).valid == 1; }
  void Forget() { Context(AGENT_STOPPED).valid = 0; }
  const user_ctx_t& start() const { return Context(AGENT_GO); }
  const user_ctx_t& stop() const { return Context(AGENT_STOPPED); }
  const user_ctx_t& away() const { return Context(AGENT_AWAY); }
  // It stopped behind the code at this offset, having done what it was told.
  bool HasDone(std::uint32_t code) const;
  bool HasLanded() const;
  // After a call that returned: the answer, as the entry shows it. After a read: the word.
  Answer Result(const Call& call, Entry entry) const;
  std::uint32_t WordRead() const;
  // Whether the registers that the kernel keeps have kept their values.
  bool KeptRegisters(const Call& call, Entry entry, const user_ctx_t& started) const;
  // Whether the registers that a yield saved are those of the call.
  bool SavedRegisters(const Call& call, Entry entry, const user_ctx_t& started) const;

 private:
  user_ctx_t& Context(std::uint32_t offset) const {
    // Contexts lie in the home at multiples of four.
    return *reinterpret_cast<user_ctx_t*>(words_ + offset / 4);
  }
  // The architecture's: what registers hold besides arguments is garbage, flags too, as far as user mode may set it.
  void FillRegisters(Random& random);
  void Begin(std::uint32_t context, std::uint32_t code, std::uint32_t stack);

  std::uint32_t* words_;
};

// Whether this entry can carry the arguments at all.
bool CanEnter(Entry entry, const Call& call);

// What the entry shows of an answer: the compatible one does not give reasons.
Answer Shown(Entry entry, const Call& call, Answer answer);
// The answer that is seen in the one word of the compatible entry.
Answer FromWord(Service service, std::uint32_t word);

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
// The part of it that enters the kernel: the answer, or, as status of a yield, the sum of NANNY_TOLD and the vector.
Answer EnterKernel(const Call& call, Entry entry);

bool HasFastEntry();

// The timer ticks once per so many cycles of its clock (machine.h).
void SetTicks(std::uint32_t cycles);

}  // namespace nanny

#endif  // NANNY_AGENT_H_
