// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <span>

#include "nanny/agent.h"
#include "pip/arch/services.h"

extern "C" {
struct NannyRegisters {
  std::array<std::uint32_t, 6> r;
};
void nanny_enter(NannyRegisters* registers, const std::uint32_t* instruction);
extern const std::uint32_t nanny_svc[];
}

namespace nanny {
namespace {

constexpr std::size_t kSvcWords = 4;         // of nanny_svc, for each service
constexpr std::size_t kSvcStatusOffset = 2;  // of the one with status
constexpr std::uint32_t kSvc = 0xEF000000;   // ARM DDI 0406C, section A8.8.228, encoding A1

std::size_t Number(Service service) { return static_cast<std::size_t>(service); }

// The registers of a call (libpip/arch/armv7/include/pip/arch/services.h).
NannyRegisters RegistersOf(const Call& call) {
  const auto& a = call.arguments;
  if (call.service == Service::kAddVAddr) {
    return {{a[0], a[1], a[2], a[3] & PIP_READ, a[3] & PIP_WRITE, a[3] & PIP_EXECUTE}};
  }
  return {{a[0], a[1], a[2], a[3], a[4], 0x55555555}};
}

std::uint32_t ServiceNumber(const Call& call, Entry entry) {
  return static_cast<std::uint32_t>(Number(call.service)) | (entry == Entry::kFast ? PIP_SERVICE_WITH_STATUS : 0U);
}

// A yield clears r1 through both entries; any other service changes it only when it has an answer for it.
bool KeepsR1(const Call& call, Entry entry) { return entry == Entry::kGate && call.service != Service::kYield; }

// All but r0, r1 and the program counter.
bool SameRegisters(const user_ctx_t& one, const user_ctx_t& other) {
  bool same = one.reg[CTX_SP] == other.reg[CTX_SP] && one.reg[CTX_LR] == other.reg[CTX_LR];
  for (std::size_t i = CTX_R2; i <= CTX_R12; ++i) {
    same = same && one.reg[i] == other.reg[i];
  }
  return same;
}

}  // namespace

void Home::FillRegisters(Random& random) { words_[AGENT_LOOSE / 4] = random.Word(); }

// The context begins with garbage for flags, of which the kernel must keep what user mode may set: mode and masks are
// not.  What changes how instructions and data are read (J, IT, E, T; ARM DDI 0406C, section B1.3.3) stays 0.
void Home::Begin(std::uint32_t context, std::uint32_t code, std::uint32_t stack) {
  constexpr std::uint32_t kHarmless = 0xF80F01DF;
  pip_context_initialise(&Context(context), AGENT_CODE + code, AGENT_HOME + stack, 0);
  Context(context).spsr = words_[AGENT_LOOSE / 4] & kHarmless;
}

void Home::SetCall(const Call& call, Entry entry) {
  user_ctx_t& go = Context(AGENT_GO);
  Begin(AGENT_GO, AGENT_FAST, AGENT_STACK);
  for (std::size_t i = CTX_R0; i <= CTX_R12; ++i) {
    go.reg[i] = 0xB0B0B0B0 + static_cast<std::uint32_t>(i);
  }
  go.reg[CTX_LR] = 0x14141414;
  const NannyRegisters registers = RegistersOf(call);
  for (std::size_t i = 0; i < registers.r.size(); ++i) {
    go.reg[CTX_R0 + i] = registers.r[i];
  }
  words_[(AGENT_CODE_OFFSET + AGENT_FAST) / 4] = kSvc | ServiceNumber(call, entry);
}

void Home::SetTouch(std::uint32_t address, bool write, std::uint32_t value) {
  user_ctx_t& go = Context(AGENT_GO);
  Begin(AGENT_GO, write ? AGENT_WRITE : AGENT_READ, AGENT_STACK);
  go.reg[CTX_R1] = address;
  go.reg[CTX_R0] = value;
}

void Home::SetCalls(std::span<const Call> calls) {
  static_assert(kCallsAtOnce * 7 * 4 + 4 <= AGENT_STACK_END - AGENT_STACK);
  Begin(AGENT_GO, AGENT_LIST, AGENT_STACK);
  std::uint32_t* word = words_ + AGENT_STACK / 4;
  for (const Call& call : calls) {
    *word++ = static_cast<std::uint32_t>(Number(call.service));
    for (const std::uint32_t value : RegistersOf(call).r) {
      *word++ = value;
    }
  }
  *word = AGENT_END_OF_LIST;
}

Answer Home::ListAnswer(std::size_t i) const {
  const std::uint32_t* const words = words_ + AGENT_STACK / 4 + 7 * i;
  return {static_cast<std::int32_t>(words[0]), words[1]};
}

// At the undefined instruction behind it.
bool Home::HasDone(std::uint32_t code) const { return stopped() && PcOf(stop()) == AGENT_CODE + code + 4; }

bool Home::HasLanded() const { return stopped() && PcOf(stop()) == AGENT_CODE + AGENT_LANDED; }

Answer Home::Result(const Call& call, Entry entry) const {
  const std::uint32_t first = stop().reg[CTX_R0];
  return entry == Entry::kFast ? Answer{static_cast<std::int32_t>(first), stop().reg[CTX_R1]}
                               : FromWord(call.service, first);
}

std::uint32_t Home::WordRead() const { return stop().reg[CTX_R0]; }

bool Home::KeptRegisters(const Call& call, Entry entry, const user_ctx_t& started) const {
  return SameRegisters(stop(), started) && (!KeepsR1(call, entry) || stop().reg[CTX_R1] == started.reg[CTX_R1]);
}

bool Home::SavedRegisters(const Call& call, Entry /*entry*/, const user_ctx_t& started) const {
  const user_ctx_t& saved = away();
  return saved.valid == 1 && PcOf(saved) == AGENT_CODE + AGENT_RETURN && saved.pipflags == call.arguments[4] &&
         saved.reg[CTX_R0] == 0 && saved.reg[CTX_R1] == 0 && SameRegisters(saved, started);
}

bool CanEnter(Entry /*entry*/, const Call& /*call*/) { return true; }

Answer EnterKernel(const Call& call, Entry entry) {
  NannyRegisters registers = RegistersOf(call);
  const std::uint32_t* const of_service = nanny_svc + Number(call.service) * kSvcWords;
  nanny_enter(&registers, of_service + (entry == Entry::kFast ? kSvcStatusOffset : 0));
  if (entry == Entry::kFast || call.service == Service::kYield) {
    return {static_cast<std::int32_t>(registers.r[0]), registers.r[1]};
  }
  return FromWord(call.service, registers.r[0]);
}

bool HasFastEntry() { return true; }

// QA7 (BCM2836 ARM-local peripherals), section 4.11: counted down from a value; interrupt and timer enabled.
void SetTicks(std::uint32_t cycles) {
  constexpr std::uint32_t kEnable = 3U << 28;
  // A register of a device of this partition; volatile because the access acts outside the program.
  *reinterpret_cast<volatile std::uint32_t*>(PIP_LOCAL_PERIPHERALS_ADDRESS + 0x34) = kEnable | cycles;
}

}  // namespace nanny
