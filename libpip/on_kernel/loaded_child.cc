// SPDX-License-Identifier: Apache-2.0
//
// The child that loader.cc loads, as an ELF file and as a flat image: it reports what it finds, then does something
// wrong on request.
#include "libpip/on_kernel/loaded_child.h"

#include <cstdint>

#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
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
    case loaded_child::Task::kUnknownGate:
      asm volatile("lcall $0xF8, $0");
      break;
    case loaded_child::Task::kPort:
      // The gate ignores everyone but the root: nothing happens.
      pip_gate_outb(0xF4, 1);
      break;
    case loaded_child::Task::kDirectPort:
      asm volatile("outb %b0, %w1" : : "a"(1), "d"(0xF4));
      break;
    case loaded_child::Task::kReadKernel:
      (void)*reinterpret_cast<volatile std::uint32_t*>(0x00100000);
      break;
    case loaded_child::Task::kSoftwareInterrupt:
      asm volatile("int $100");
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
