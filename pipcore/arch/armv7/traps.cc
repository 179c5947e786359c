// SPDX-License-Identifier: Apache-2.0
//
// What entry.S calls: services, interrupts, faults.  The user's registers are in registers[].
#include <cstdint>

#include "pipcore/arch/armv7/interrupts.h"
#include "pipcore/arch/armv7/layout.h"
#include "pipcore/arch/armv7/serial.h"
#include "pipcore/kernel/dispatch.h"
#include "pipcore/kernel/last_words.h"
#include "pipcore/kernel/stops.h"

extern "C" {
#include "pip/mal.h"

static_assert(PIP_DESCRIPTOR_VSTI * 4 == PIP_DESCRIPTOR_VSTI_BYTES);
static_assert(PIP_CONTEXT_WORDS * 4 == 76);

// Arguments as the user had them in r0 to r5.
void HandleService(std::uint32_t r0, std::uint32_t r1, std::uint32_t r2, std::uint32_t r3, std::uint32_t r4,
                   std::uint32_t r5, std::uint32_t number);
void HandleInterrupt();
[[noreturn]] void StopForFault(std::uint32_t vector);
[[noreturn]] void HandleKernelFault(std::uint32_t status, std::uint32_t address);
}

namespace pip::armv7 {
namespace {

using kernel::Service;

constexpr std::uint32_t kR0 = PIP_REGISTER_R0 / 4;
constexpr std::uint32_t kR1 = PIP_REGISTER_R1 / 4;
constexpr std::uint32_t kPc = PIP_REGISTER_PC / 4;

// DFAR, IFAR, DFSR (ARM DDI 0406C, sections B4.1.52, B4.1.96, B4.1.53): what the last abort was about.
std::uint32_t DataFaultAddress() {
  std::uint32_t address = 0;
  asm volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(address));
  return address;
}
std::uint32_t InstructionFaultAddress() {
  std::uint32_t address = 0;
  asm volatile("mrc p15, 0, %0, c6, c0, 2" : "=r"(address));
  return address;
}
std::uint32_t DataFaultStatus() {
  std::uint32_t status = 0;
  asm volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(status));
  return status;
}

pip_answer_t PutCharacter(std::uint32_t character) {
  if (current_partition() != root_partition) {
    return {PIP_NOT_ROOT, 0};
  }
  PutSerial(static_cast<char>(character));
  return {PIP_DONE, 0};
}

}  // namespace
}  // namespace pip::armv7

using pip::kernel::Service;

void HandleService(std::uint32_t r0, std::uint32_t r1, std::uint32_t r2, std::uint32_t r3, std::uint32_t r4,
                   std::uint32_t r5, std::uint32_t number) {
  using pip::armv7::kR0;
  using pip::armv7::kR1;
  const auto service = static_cast<Service>(number & ~std::uint32_t{PIP_SVC_WITH_STATUS});
  if (service > Service::kPutCharacter) {
    write_register(kR0, pip::kernel::kNoSuchService);
    return;
  }
  const pip_answer_t answer = service == Service::kPutCharacter ? pip::armv7::PutCharacter(r0)
                                                                : pip::kernel::Call(service, {r0, r1, r2, r3, r4, r5});
  if ((number & PIP_SVC_WITH_STATUS) != 0) {
    write_register(kR0, static_cast<std::uint32_t>(answer.status));
    write_register(kR1, answer.value);
  } else {
    write_register(kR0, pip::kernel::CompatibleResult(service, answer));
  }
}

void HandleInterrupt() {
  using pip::armv7::kTimerVector;
  const std::uint32_t vector = pip::armv7::AcknowledgeInterrupt();
  if (vector != 0 && deliverInterrupt(vector) != PIP_DONE) {
    pip::kernel::StopForInterrupt(vector - kTimerVector, vector == kTimerVector, read_register(pip::armv7::kPc));
  }
}

void StopForFault(std::uint32_t vector) {
  pip::kernel::FaultDetail detail;
  if (vector == PIP_FAULT_DATA_ABORT) {
    detail = {", accessing ", pip::armv7::DataFaultAddress()};
  } else if (vector == PIP_FAULT_PREFETCH_ABORT) {
    detail = {", fetching ", pip::armv7::InstructionFaultAddress()};
  }
  pip::kernel::StopForFault(vector, read_register(pip::armv7::kPc), detail);
}

void HandleKernelFault(std::uint32_t status, std::uint32_t address) {
  pip::kernel::TextLine line;
  line.Append("the kernel itself faults: mode ").AppendHex(status & PIP_MODE_MASK);
  line.Append(" at ").AppendHex(address).Append(", code ").AppendHex(pip::armv7::DataFaultStatus());
  line.Append(", address ").AppendHex(pip::armv7::DataFaultAddress());
  pip::kernel::LastWords(line);
}

void unreachable() { pip::kernel::StopForUnreachable(); }
