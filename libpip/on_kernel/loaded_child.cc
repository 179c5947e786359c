// SPDX-License-Identifier: Apache-2.0
//
// The child that loader.cc loads, as an ELF file and as a flat image: it reports what it finds, then does something
// wrong on request.
#include "libpip/on_kernel/loaded_child.h"

#include <cstdint>

#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
#include "libpip/on_kernel/machine.h"
#include "pip/fpinfo.h"

namespace {

user_ctx_t continue_here;

// Initialised, zero-initialised and constant data, to see whether each was loaded.
std::uint32_t initialised = loaded_child::kInitialised;
std::uint32_t zero[3000];
constexpr std::uint32_t kConstant[] = {loaded_child::kConstant};

std::uint32_t SumOfZeros() {
  std::uint32_t sum = 0;
  for (const std::uint32_t word : zero) {
    sum |= word;
  }
  return sum;
}

void Misbehave(loaded_child::Task task) {
  switch (task) {
    case loaded_child::Task::kReport:
      break;
    case loaded_child::Task::kWriteToCode:
      // Code is mapped without the right to write when this came as an ELF file.
      *reinterpret_cast<volatile std::uint32_t*>(PIP_IMAGE_ADDRESS) = 0;
      break;
    case loaded_child::Task::kUnknownService:
      machine_unknown_service();
      break;
    case loaded_child::Task::kServiceOfRoot:
      // The kernel ignores everyone but the root: nothing happens.
      machine_service_of_root();
      break;
    case loaded_child::Task::kPrivilegedInstruction:
      machine_privileged_instruction();
      break;
    case loaded_child::Task::kReadKernel:
      (void)*reinterpret_cast<volatile std::uint32_t*>(MACHINE_KERNEL_ADDRESS);
      break;
    case loaded_child::Task::kFaultByHand:
      machine_fault_by_hand();
      break;
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  // The parent reads and writes this page while we are away: volatile.
  auto* const shared = reinterpret_cast<volatile loaded_child::Shared*>(loaded_child::kSharedAddress);
  pip::Vidt::Own().Set(loaded_child::kChildContinues, continue_here);
  for (std::uint32_t rounds = 1;; ++rounds) {
    Misbehave(shared->task);
    shared->initialised = initialised;
    shared->zero = SumOfZeros();
    shared->constant = kConstant[0];
    shared->boot_information = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(boot));
    shared->rounds = rounds;
    zero[rounds % 8] = 0;  // writable
    (void)pip::YieldToParent({.vector = loaded_child::kParentContinues, .save_slot = loaded_child::kChildContinues});
  }
}
