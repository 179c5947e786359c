// SPDX-License-Identifier: Apache-2.0
#include "nanny/agent_x86.h"

#include <array>
#include <cstddef>
#include <span>

#include "libpip/cpp/vidt.h"
#include "pip/api.h"
#include "pip/arch/services.h"

extern "C" {
struct NannyRegisters {
  std::uint32_t eax, ebx, esi, edi, ebp, edx;
};
void nanny_enter(NannyRegisters* registers);
void nanny_yield_by_gate(NannyRegisters* arguments);
void nanny_handler();
extern const std::uint8_t nanny_agent_code[];
extern const std::uint8_t nanny_agent_code_end[];
}

namespace nanny {
namespace {

// The values of registers that a gate must keep.
constexpr std::uint32_t kEbx = 0xB0B0B0B0;
constexpr std::uint32_t kEsi = 0x51515151;
constexpr std::uint32_t kEdi = 0xD1D1D1D1;
constexpr std::uint32_t kEbp = 0xBBBBBBBB;

constexpr std::array<std::uint16_t, kServices> kSelectors = {
    PIP_GATE_CREATE_PARTITION, PIP_GATE_COUNT_TO_MAP,  PIP_GATE_PREPARE,      PIP_GATE_ADD_VADDR,
    PIP_GATE_GET_INT_STATE,    PIP_GATE_SET_INT_STATE, PIP_GATE_REMOVE_VADDR, PIP_GATE_MAPPED_IN_CHILD,
    PIP_GATE_DELETE_PARTITION, PIP_GATE_COLLECT,       PIP_GATE_YIELD};

// Words that name no context, for VIDTs: of the kernel, of the window, wrapping, at the last place where 64 bytes fit,
// unaligned, across two pages.
constexpr std::array<std::uint32_t, 12> kGarbageContexts = {0x00000001, 0x00100000, 0x003FFFFC, 0xD0000000,
                                                            0xFFBFFFE0, 0xFFFFFFC1, 0xFFFFFFFF, 0x7FFFFFF0,
                                                            0xCFFFFFE0, 0xFFFFFFC0, 0xFFFFFC01, 0xFFFFEFE0};
// Of these the first ones are unreachable for everybody, the root too.
constexpr std::size_t kHopelessContexts = 9;

std::array<user_ctx_t, kOwnHandlers> handlers;
user_ctx_t own_away;

std::size_t Number(Service service) { return static_cast<std::size_t>(service); }

std::uint32_t Clamp(std::uint32_t word) { return word > 0xFFFF ? 0xFFFF : word; }

// The registers of the fast entry (libpip/arch/x86/include/pip/arch/services.h).
NannyRegisters FastRegisters(const Call& call) {
  const auto& a = call.arguments;
  NannyRegisters r{.eax = static_cast<std::uint32_t>(Number(call.service)),
                   .ebx = a[0],
                   .esi = a[1],
                   .edi = a[2],
                   .ebp = kEbp,
                   .edx = 0};
  switch (call.service) {
    case Service::kCreatePartition:
      r.ebp = a[3];
      r.eax |= a[4];
      break;
    case Service::kAddVAddr:
      r.eax |= (a[3] & 7) << 8;
      break;
    case Service::kYield:
      r.esi = Clamp(a[1]) | Clamp(a[2]) << 16;
      r.edi = a[4];
      r.eax |= a[3] != 0 ? 0x100U : 0U;
      break;
    default:
      break;
  }
  return r;
}

struct GateArguments {
  std::array<std::uint32_t, 6> words{};
};

GateArguments ForGate(const Call& call) {
  const auto& a = call.arguments;
  GateArguments gate;
  for (std::size_t i = 0; i < a.size(); ++i) {
    gate.words[i] = a[i];
  }
  if (call.service == Service::kAddVAddr) {
    gate.words[3] = a[3] & PIP_READ;
    gate.words[4] = a[3] & PIP_WRITE;
    gate.words[5] = a[3] & PIP_EXECUTE;
  }
  return gate;
}

std::uint32_t OwnGate(const Call& call) {
  const auto w = ForGate(call).words;
  switch (call.service) {
    case Service::kCreatePartition:
      return pip_gate_create_partition(w[0], w[1], w[2], w[3], w[4]);
    case Service::kCountToMap:
      return pip_gate_count_to_map(w[0], w[1]);
    case Service::kPrepare:
      return pip_gate_prepare(w[0], w[1], w[2]);
    case Service::kAddVAddr:
      return pip_gate_add_vaddr(w[0], w[1], w[2], w[3], w[4], w[5]);
    case Service::kGetIntState:
      return pip_gate_get_int_state(w[0]);
    case Service::kSetIntState:
      pip_gate_set_int_state(w[0]);
      return 0;
    case Service::kRemoveVAddr:
      return pip_gate_remove_vaddr(w[0], w[1]);
    case Service::kMappedInChild:
      return pip_gate_mapped_in_child(w[0]);
    case Service::kDeletePartition:
      return pip_gate_delete_partition(w[0]);
    case Service::kCollect:
      return pip_gate_collect(w[0], w[1]);
    case Service::kYield:
      break;
  }
  return 0;
}

// A gate's result is one word.
Answer FromGate(Service service, std::uint32_t word) {
  if (service == Service::kYield) {
    return {static_cast<pip_status_t>(word), 0};
  }
  return {PIP_DONE, word};
}

}  // namespace

user_ctx_t& Home::Context(std::uint32_t offset) const {
  // Contexts lie in the home at multiples of 64.
  return *reinterpret_cast<user_ctx_t*>(words_ + offset / 4);
}

void Home::Fill(Random& random, std::uint32_t signature) {
  for (std::uint32_t i = 0; i < AGENT_GO / 4; ++i) {
    words_[i] = 0;
  }
  for (std::uint32_t i = AGENT_GO / 4; i < 1024; ++i) {
    std::uint32_t word = 0;
    for (std::uint32_t byte = 0; byte < 4; ++byte) {
      word = word << 8 | (0xD0 + random.Below(0x2C));
    }
    words_[i] = word;
  }
  auto* const code = reinterpret_cast<std::uint8_t*>(words_) + AGENT_CODE_OFFSET;
  for (std::size_t i = 0; i < static_cast<std::size_t>(nanny_agent_code_end - nanny_agent_code); ++i) {
    code[i] = nanny_agent_code[i];
  }
  words_[AGENT_SLOT_GO] = AGENT_HOME + AGENT_GO;
  words_[AGENT_SLOT_ARRIVAL] = AGENT_HOME + AGENT_ARRIVAL;
  words_[AGENT_SLOT_AWAY] = AGENT_HOME + AGENT_AWAY;
  words_[PIP_VECTOR_SAVE_MASKED] = AGENT_HOME + AGENT_STOPPED;
  words_[PIP_VECTOR_SAVE_UNMASKED] = AGENT_HOME + AGENT_STOPPED;
  for (std::size_t i = 0; i < kGarbageContexts.size(); ++i) {
    words_[AGENT_SLOT_GARBAGE + i] = kGarbageContexts[i];
  }
  pip_context_initialise(&Context(AGENT_ARRIVAL), AGENT_CODE + AGENT_LANDED, AGENT_HOME + AGENT_STACK_END, 0);
  Forget();
  words_[AGENT_SIGNATURE / 4] = signature;
}

void Home::SetCall(const Call& call, Entry entry) {
  user_ctx_t& go = Context(AGENT_GO);
  pip_context_initialise(&go, AGENT_CODE + AGENT_FAST, AGENT_HOME + AGENT_STACK, 0);
  if (entry == Entry::kFast) {
    const NannyRegisters r = FastRegisters(call);
    go.regs.eax = r.eax;
    go.regs.ebx = r.ebx;
    go.regs.esi = r.esi;
    go.regs.edi = r.edi;
    go.regs.ebp = r.ebp;
    go.regs.ecx = AGENT_HOME + AGENT_STACK;
    go.regs.edx = AGENT_CODE + AGENT_FAST_RETURN;
    return;
  }
  go.eip = AGENT_CODE + AGENT_GATE;
  go.regs.ebx = kEbx;
  go.regs.esi = kEsi;
  go.regs.edi = kEdi;
  go.regs.ebp = kEbp;
  const auto arguments = ForGate(call).words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    words_[AGENT_STACK / 4 + i] = arguments[i];
  }
  // The selector stands behind the opcode and the offset of LCALL ptr16:32 (Intel SDM volume 2A, CALL).
  auto* const code = reinterpret_cast<std::uint8_t*>(words_) + AGENT_CODE_OFFSET + AGENT_GATE;
  code[5] = static_cast<std::uint8_t>(kSelectors[Number(call.service)]);
  code[6] = 0;
}

void Home::SetYieldToChild(std::uint32_t descriptor, std::uint32_t vector) {
  const Call yield{Service::kYield, {descriptor, vector, AGENT_SLOT_NOTHING, 0, 0}};
  SetCall(yield, HasFastEntry() ? Entry::kFast : Entry::kGate);
}

void Home::SetTouch(std::uint32_t address, bool write, std::uint32_t value) {
  user_ctx_t& go = Context(AGENT_GO);
  pip_context_initialise(&go, AGENT_CODE + (write ? AGENT_WRITE : AGENT_READ), AGENT_HOME + AGENT_STACK, 0);
  go.regs.esi = address;
  go.regs.eax = value;
}

void Home::SetCalls(std::span<const Call> calls) {
  static_assert(kCallsAtOnce * 5 * 4 + 4 <= AGENT_STACK_END - AGENT_STACK);
  pip_context_initialise(&Context(AGENT_GO), AGENT_CODE + AGENT_LIST, AGENT_HOME + AGENT_STACK, 0);
  std::uint32_t* word = words_ + AGENT_STACK / 4;
  for (const Call& call : calls) {
    const NannyRegisters r = FastRegisters(call);
    for (const std::uint32_t value : {r.eax, r.ebx, r.esi, r.edi, r.ebp}) {
      *word++ = value;
    }
  }
  *word = AGENT_END_OF_LIST;
}

bool Home::HasDone(std::uint32_t code) const {
  // Behind the instruction(s) and the two bytes of INT n.
  const std::uint32_t length = code == AGENT_GATE ? 7 : 2;
  return stopped() && stop().eip == AGENT_CODE + code + length + 2;
}

bool Home::HasLanded() const { return stopped() && stop().eip == AGENT_CODE + AGENT_LANDED + 2; }

Answer Home::Result(const Call& call, Entry entry) const {
  const auto& r = stop().regs;
  if (entry == Entry::kFast) {
    return {static_cast<pip_status_t>(r.eax), r.edx};
  }
  return FromGate(call.service, r.eax);
}

bool Home::KeptRegisters(Entry entry, const user_ctx_t& started) const {
  const auto& now = stop().regs;
  const auto& then = started.regs;
  return now.ebx == then.ebx && now.esi == then.esi && now.edi == then.edi && now.ebp == then.ebp &&
         now.esp == (entry == Entry::kFast ? then.ecx : then.esp);
}

bool Home::SavedRegisters(const Call& call, Entry entry, const user_ctx_t& started) const {
  const user_ctx_t& saved = away();
  const auto& then = started.regs;
  const std::uint32_t back = entry == Entry::kFast ? AGENT_FAST_RETURN : AGENT_GATE + 7;
  const auto& r = saved.regs;
  return saved.valid == 1 && saved.eip == AGENT_CODE + back && saved.pipflags == call.arguments[4] && r.eax == 0 &&
         r.ecx == 0 && r.edx == 0 && r.ebx == then.ebx && r.esi == then.esi && r.edi == then.edi && r.ebp == then.ebp &&
         r.esp == (entry == Entry::kFast ? then.ecx : then.esp);
}

bool CanEnter(Entry entry, const Call& call) {
  if (entry == Entry::kGate) {
    return true;
  }
  return HasFastEntry() && (call.service != Service::kCreatePartition || call.arguments[4] % 4096 == 0);
}

Answer Shown(Entry entry, const Call& call, Answer answer) {
  if (entry == Entry::kFast) {
    return answer;
  }
  const bool done = answer.status == PIP_DONE;
  switch (call.service) {
    case Service::kCreatePartition:
    case Service::kAddVAddr:
    case Service::kRemoveVAddr:
    case Service::kDeletePartition:
      return {PIP_DONE, done ? 1U : 0U};
    case Service::kPrepare:
      return {PIP_DONE, (answer.value & ~1U) | (done ? 1U : 0U)};
    case Service::kCountToMap:
    case Service::kMappedInChild:
    case Service::kCollect:
      return {PIP_DONE, done ? answer.value : 0};
    case Service::kGetIntState:
      return {PIP_DONE, done ? answer.value : UINT32_MAX};
    case Service::kSetIntState:
      return {PIP_DONE, 0};
    case Service::kYield:
      return {answer.status, 0};
  }
  return answer;
}

void SetOwnVidt() {
  pip::Vidt vidt = pip::Vidt::Own();
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(nanny_handler));
  for (std::uint32_t vector = 0; vector < kOwnHandlers; ++vector) {
    pip_context_initialise(&handlers[vector], entry, 0, 0);
    handlers[vector].regs.eax = NANNY_TOLD + vector;
    vidt.Set(vector, handlers[vector]);
  }
  for (std::uint32_t slot = kOwnHandlers; slot < PIP_VIDT_ENTRIES; ++slot) {
    vidt.Set(slot, 0);
  }
  for (std::uint32_t i = 0; i < kHopelessContexts; ++i) {
    vidt.Set(AGENT_SLOT_GARBAGE + i, kGarbageContexts[i]);
  }
  own_away = handlers[AGENT_SLOT_AWAY];
  vidt.Set(AGENT_SLOT_AWAY, own_away);
  vidt.Set(AGENT_SLOT_NOTHING, 0);
}

OwnResult CallAsRoot(const Call& call, Entry entry) {
  OwnResult result;
  const bool yields = call.service == Service::kYield;
  if (entry == Entry::kGate && !yields) {
    result.answer = FromGate(call.service, OwnGate(call));
    return result;
  }
  NannyRegisters registers = FastRegisters(call);
  if (entry == Entry::kFast) {
    nanny_enter(&registers);
  } else {
    const auto& a = call.arguments;
    registers = {.eax = a[0], .ebx = a[1], .esi = a[2], .edi = a[3], .ebp = a[4], .edx = 0};
    nanny_yield_by_gate(&registers);
  }
  if (yields && registers.eax >= NANNY_TOLD) {
    result.told = true;
    result.vector = registers.eax - NANNY_TOLD;
  } else {
    result.answer = {static_cast<pip_status_t>(registers.eax), registers.edx};
  }
  // Whoever comes back through the context that this yield saved must find a place that still exists.
  own_away = handlers[AGENT_SLOT_AWAY];
  return result;
}

bool HasFastEntry() { return pip_cpu_has_sysenter != 0; }

// Intel 8254 data sheet, control words: counter 0 as rate generator (mode 2).
void SetTicks(std::uint32_t divisor) {
  constexpr std::uint16_t kControl = 0x43;
  constexpr std::uint16_t kCounter = 0x40;
  Pip_Outb(kControl, 0x34);
  Pip_Outb(kCounter, static_cast<std::uint8_t>(divisor));
  Pip_Outb(kCounter, static_cast<std::uint8_t>(divisor >> 8));
}

}  // namespace nanny
