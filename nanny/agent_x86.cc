// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <span>

#include "nanny/agent.h"
#include "pip/api.h"
#include "pip/arch/services.h"

extern "C" {
struct NannyRegisters {
  std::uint32_t eax, ebx, esi, edi, ebp, edx;
};
void nanny_enter(NannyRegisters* registers);
void nanny_yield_by_gate(NannyRegisters* arguments);
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

// What user mode can load into data segment registers: null, its data and its code segment, at any requested level.
constexpr std::array<std::uint8_t, 10> kLoadable = {0, 1, 2, 3, 0x18, 0x1B, 0x20, 0x21, 0x22, 0x23};
constexpr std::size_t kSegments = 4;
constexpr std::uint32_t kTrapFlag = 0x100;
constexpr std::uint32_t kPrivilegedFlags = 0x23000;  // VM, IOPL

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

}  // namespace

// The words that an agent takes for its segment registers and flags before a call.
void Home::FillRegisters(Random& random) {
  for (std::size_t i = 0; i < kSegments; ++i) {
    words_[AGENT_LOOSE / 4 + i] = kLoadable[random.Below(kLoadable.size())];
  }
  words_[AGENT_LOOSE / 4 + kSegments] = random.Word() & ~kTrapFlag;
}

// The context begins with garbage for flags, of which the kernel must keep what user mode may set.
void Home::Begin(std::uint32_t context, std::uint32_t code, std::uint32_t stack) {
  pip_context_initialise(&Context(context), AGENT_CODE + code, AGENT_HOME + stack, 0);
  Context(context).eflags = words_[AGENT_LOOSE / 4 + kSegments];
}

void Home::SetCall(const Call& call, Entry entry) {
  user_ctx_t& go = Context(AGENT_GO);
  Begin(AGENT_GO, AGENT_FAST, AGENT_LOOSE);
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
  auto* const code = reinterpret_cast<std::uint8_t*>(words_) + AGENT_CODE_OFFSET + AGENT_GATE_CALL;
  code[5] = static_cast<std::uint8_t>(kSelectors[Number(call.service)]);
  code[6] = 0;
}

void Home::SetTouch(std::uint32_t address, bool write, std::uint32_t value) {
  user_ctx_t& go = Context(AGENT_GO);
  Begin(AGENT_GO, write ? AGENT_WRITE : AGENT_READ, AGENT_STACK);
  go.regs.esi = address;
  go.regs.eax = value;
}

void Home::SetCalls(std::span<const Call> calls) {
  static_assert(kCallsAtOnce * 5 * 4 + 4 <= AGENT_STACK_END - AGENT_STACK);
  Begin(AGENT_GO, AGENT_LIST, AGENT_STACK);
  std::uint32_t* word = words_ + AGENT_STACK / 4;
  for (const Call& call : calls) {
    const NannyRegisters r = FastRegisters(call);
    for (const std::uint32_t value : {r.eax, r.ebx, r.esi, r.edi, r.ebp}) {
      *word++ = value;
    }
  }
  *word = AGENT_END_OF_LIST;
}

Answer Home::ListAnswer(std::size_t i) const {
  const std::uint32_t* const words = words_ + AGENT_STACK / 4 + 5 * i;
  return {static_cast<std::int32_t>(words[0]), words[1]};
}

bool Home::HasDone(std::uint32_t code) const {
  // Behind the instruction(s) and the two bytes of INT n.
  const std::uint32_t length = code == AGENT_GATE   ? AGENT_GATE_CALL + 7 - AGENT_GATE
                               : code == AGENT_FAST ? AGENT_FAST_RETURN
                                                    : 2;
  return stopped() && stop().eip == AGENT_CODE + code + length + 2;
}

bool Home::HasLanded() const { return stopped() && stop().eip == AGENT_CODE + AGENT_LANDED + 2; }

Answer Home::Result(const Call& call, Entry entry) const {
  const auto& r = stop().regs;
  if (entry == Entry::kFast) {
    return {static_cast<std::int32_t>(r.eax), r.edx};
  }
  return FromWord(call.service, r.eax);
}

std::uint32_t Home::WordRead() const { return stop().regs.eax; }

bool Home::KeptRegisters(const Call& /*call*/, Entry entry, const user_ctx_t& started) const {
  const auto& now = stop().regs;
  const auto& then = started.regs;
  return now.ebx == then.ebx && now.esi == then.esi && now.edi == then.edi && now.ebp == then.ebp &&
         now.esp == (entry == Entry::kFast ? then.ecx : AGENT_HOME + AGENT_STACK);
}

bool Home::SavedRegisters(const Call& call, Entry entry, const user_ctx_t& started) const {
  const user_ctx_t& saved = away();
  const auto& then = started.regs;
  const std::uint32_t back = entry == Entry::kFast ? AGENT_FAST_RETURN : AGENT_GATE_CALL + 7;
  const auto& r = saved.regs;
  return saved.valid == 1 && saved.eip == AGENT_CODE + back && saved.pipflags == call.arguments[4] && r.eax == 0 &&
         r.ecx == 0 && r.edx == 0 && r.ebx == then.ebx && r.esi == then.esi && r.edi == then.edi && r.ebp == then.ebp &&
         r.esp == (entry == Entry::kFast ? then.ecx : AGENT_HOME + AGENT_STACK) &&
         (saved.eflags & kPrivilegedFlags) == 0;
}

bool CanEnter(Entry entry, const Call& call) {
  if (entry == Entry::kGate) {
    return true;
  }
  return HasFastEntry() && (call.service != Service::kCreatePartition || call.arguments[4] % 4096 == 0);
}

Answer EnterKernel(const Call& call, Entry entry) {
  NannyRegisters registers = FastRegisters(call);
  if (entry == Entry::kFast) {
    nanny_enter(&registers);
  } else if (call.service != Service::kYield) {
    return FromWord(call.service, OwnGate(call));
  } else {
    const auto& a = call.arguments;
    registers = {.eax = a[0], .ebx = a[1], .esi = a[2], .edi = a[3], .ebp = a[4], .edx = 0};
    nanny_yield_by_gate(&registers);
  }
  return {static_cast<std::int32_t>(registers.eax), registers.edx};
}

bool HasFastEntry() { return pip_cpu_has_sysenter != 0; }

// Intel 8254 data sheet, control words: counter 0 as rate generator (mode 2).
void SetTicks(std::uint32_t cycles) {
  constexpr std::uint16_t kControl = 0x43;
  constexpr std::uint16_t kCounter = 0x40;
  Pip_Outb(kControl, 0x34);
  Pip_Outb(kCounter, static_cast<std::uint8_t>(cycles));
  Pip_Outb(kCounter, static_cast<std::uint8_t>(cycles >> 8));
}

}  // namespace nanny
