// SPDX-License-Identifier: Apache-2.0
//
// What entry.S calls: faults, interrupts, gates, fast services.  The user's registers are in registers[].
#include <cstdint>

#include "pipcore/arch/x86/descriptors.h"
#include "pipcore/arch/x86/gates.h"
#include "pipcore/arch/x86/interrupt_controller.h"
#include "pipcore/arch/x86/layout.h"
#include "pipcore/arch/x86/processor.h"
#include "pipcore/arch/x86/serial.h"
#include "pipcore/kernel/dispatch.h"
#include "pipcore/kernel/last_words.h"
#include "pipcore/kernel/stops.h"

extern "C" {
#include "pip/mal.h"

static_assert(PIP_DESCRIPTOR_VSTI * 4 == PIP_DESCRIPTOR_VSTI_BYTES);
static_assert(PIP_CONTEXT_WORDS * 4 == PIP_REGISTERS_BYTES);

// The vector of an interrupt that came between a call gate and the masking of interrupts; 0: none.  One place is
// enough: until it is delivered no other can come, because interrupts are masked in the kernel and in a root that is
// VCLI.
std::uint32_t pending_interrupt = 0;

void HandleFault(std::uint32_t vector);
[[noreturn]] void StopForFault(std::uint32_t vector);
[[noreturn]] void StopForInterrupt(std::uint32_t vector);
[[noreturn]] void HandleKernelFault(std::uint32_t vector, std::uint32_t error, std::uint32_t eip);
void HandleInterrupt(std::uint32_t vector);
void NoteInterrupt(std::uint32_t vector);
void DeliverPendingInterrupt();
void HandleGate(std::uint32_t gate);
void HandleUnusualService(std::uint32_t service_word, std::uint32_t argument);
[[noreturn]] void HandleLastResort(std::uint32_t vector);
}

namespace pip::x86 {
namespace {

using kernel::Service;

constexpr std::uint32_t kEip = PIP_REGISTER_EIP / 4;
constexpr std::uint32_t kEsp = PIP_REGISTER_ESP / 4;
constexpr std::uint32_t kEax = PIP_REGISTER_EAX / 4;

constexpr std::uint32_t kPageFault = 14;

void Deliver(std::uint32_t vector) {
  if (deliverInterrupt(vector) != PIP_DONE) {
    StopForInterrupt(vector);
  }
}

// The root takes interrupts whenever it is not VCLI, a child always (docs/abi.md, "VIDT, interrupts, faults").
bool InterruptsMasked() { return current_partition() == root_partition && !interrupt_state(root_partition); }

// The byte at this address as user mode would read it.
bool ReadUserByte(std::uint32_t address, std::uint32_t& byte) {
  const vaddr_t v = page_number(address);
  const entry_t link = read_entry(mmu_root(current_partition()), index_at(v, top_level));
  if (!is_user(link)) {
    return false;
  }
  const entry_t entry = read_entry(frame_of(link), index_at(v, leaf_level));
  if (!is_user(entry)) {
    return false;
  }
  byte = read_byte(frame_of(entry), frame_of(entry), page_offset(address));
  return true;
}

// The words on top of the user's stack.  The stack pointer may have any value: the tables of the running partition say
// whether user mode could read there, so the kernel neither faults nor reads what is not the caller's.
bool ReadUserStack(std::uint32_t count, kernel::Arguments& words) {
  const std::uint32_t stack = read_register(kEsp);
  for (std::uint32_t i = 0; i < count; ++i) {
    words[i] = 0;
    for (std::uint32_t j = 0; j < 4; ++j) {
      std::uint32_t byte = 0;
      if (!ReadUserByte(stack + 4 * i + j, byte)) {
        return false;
      }
      words[i] |= byte << (8 * j);
    }
  }
  return true;
}

}  // namespace

}  // namespace pip::x86

using pip::kernel::Arguments;
using pip::kernel::Service;
using pip::x86::GateKind;

void StopForFault(std::uint32_t vector) {
  pip::kernel::FaultDetail detail;
  if (vector == pip::x86::kPageFault) {
    detail = {", accessing ", pip::x86::ReadCr2()};
  }
  pip::kernel::StopForFault(vector, read_register(pip::x86::kEip), detail);
}

void StopForInterrupt(std::uint32_t vector) {
  const std::uint32_t line = vector - PIP_FIRST_INTERRUPT_VECTOR;
  pip::kernel::StopForInterrupt(line, line == pip::x86::kTimerLine, read_register(pip::x86::kEip));
}

void HandleFault(std::uint32_t vector) {
  if (deliverFault(vector) != PIP_DONE) [[unlikely]] {
    StopForFault(vector);
  }
}

void HandleKernelFault(std::uint32_t vector, std::uint32_t error, std::uint32_t eip) {
  pip::kernel::TextLine line;
  line.Append("the kernel itself faults: fault ").AppendDecimal(vector);
  line.Append(" at ").AppendHex(eip).Append(", code ").AppendHex(error);
  line.Append(", address ").AppendHex(pip::x86::ReadCr2());
  pip::kernel::LastWords(line);
}

void HandleLastResort(std::uint32_t vector) {
  pip::kernel::TextLine line;
  line.Append(vector == 2   ? "non-maskable interrupt"
              : vector == 8 ? "the kernel itself double-faults"
                            : "machine check");
  line.Append(" at ").AppendHex(pip::x86::InterruptedInstruction());
  line.Append(", address ").AppendHex(pip::x86::ReadCr2());
  pip::kernel::LastWords(line);
}

void HandleInterrupt(std::uint32_t vector) {
  if (pip::x86::AcknowledgeInterrupt(vector - PIP_FIRST_INTERRUPT_VECTOR)) {
    pip::x86::Deliver(vector);
  }
}

void NoteInterrupt(std::uint32_t vector) {
  if (pip::x86::AcknowledgeInterrupt(vector - PIP_FIRST_INTERRUPT_VECTOR)) {
    pending_interrupt = vector;
  }
}

void DeliverPendingInterrupt() {
  if (!pip::x86::InterruptsMasked()) {
    const std::uint32_t vector = pending_interrupt;
    pending_interrupt = 0;
    pip::x86::Deliver(vector);
  }
}

void HandleGate(std::uint32_t number) {
  const pip::x86::Gate gate = pip::x86::kGates[number];
  Arguments arguments{};
  if (!pip::x86::ReadUserStack(gate.argument_count, arguments)) {
    HandleFault(pip::x86::kPageFault);
    return;
  }
  if (gate.kind != GateKind::kService) {
    write_register(pip::x86::kEax, pip::x86::UsePort(gate.kind, arguments[0], arguments[1]));
    return;
  }
  const pip_answer_t answer = pip::kernel::Call(gate.service, arguments);
  // After a yield that was not refused, registers[] is the target's.
  if (gate.service != Service::kYield || answer.status != PIP_DONE) {
    write_register(pip::x86::kEax, pip::kernel::CompatibleResult(gate.service, answer));
  }
}

void HandleUnusualService(std::uint32_t service_word, std::uint32_t argument) {
  if ((service_word & 0xFF) != static_cast<std::uint32_t>(Service::kPutCharacter)) {
    write_register(pip::x86::kEax, pip::kernel::kNoSuchService);
  } else if (current_partition() == root_partition) {
    pip::x86::PutSerial(static_cast<char>(argument));
  } else {
    write_register(pip::x86::kEax, PIP_NOT_ROOT);
  }
}

void unreachable() { pip::kernel::StopForUnreachable(); }
