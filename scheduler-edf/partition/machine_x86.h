// SPDX-License-Identifier: Apache-2.0
//
// What the scheduler and its tasks know of x86 (machine.h).
#ifndef PIP_SCHEDULER_EDF_PARTITION_MACHINE_X86_H_
#define PIP_SCHEDULER_EDF_PARTITION_MACHINE_X86_H_

#include <array>
#include <cstdint>

#include "pip/api.h"
#include "pip/vidt.h"

namespace pip::edf {

// The root's vector of the timer.
inline constexpr std::uint32_t kTickVector = PIP_VECTOR_TIMER;
// And those of all other devices, none of which the scheduler uses; but somebody may press a key.
inline constexpr std::uint32_t kFirstDeviceVector = PIP_VECTOR_TIMER + 1;
inline constexpr std::uint32_t kDeviceVectors = 15;

// The time stamp counter, which partitions may read.
inline std::uint64_t TimeStamp() {
  std::uint32_t low;
  std::uint32_t high;
  // volatile: it is another number each time.
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return std::uint64_t{high} << 32 | low;
}

// A loop of that many rounds, at least one.
inline void ComputeRounds(std::uint32_t rounds) {
  // volatile: the time that it takes is its purpose.
  asm volatile(
      "1: subl $1, %0\n"
      "jnz 1b"
      : "+r"(rounds)
      :
      : "cc");
}

// volatile: the fault is what it is for.
inline void UndefinedInstruction() { asm volatile("ud2" : : : "memory"); }

// Attacks with instructions: each must fault, or do nothing.
inline constexpr std::uint32_t kMachineAttacks = 6;
inline void AttackMachine(std::uint32_t which) {
  switch (which) {
    case 0:
      asm volatile("cli");
      break;
    case 1:
      asm volatile("outb %%al, $0x43" : : "a"(0x30));  // the scheduler's timer
      break;
    case 2:
      asm volatile("int $0x80");  // must end at the parent
      break;
    case 3:
      asm volatile("int $49");  // the scheduler's own save slot
      break;
    case 4:
      Pip_Outb(0x43, 0x30);  // ports through the gate: not for a child
      break;
    default:
      asm volatile("movl $0, %%esp; pushl %%eax; ud2" : : : "memory");
      break;
  }
}
// The kernel's memory, and its code.
inline constexpr std::array<std::uint32_t, 2> kKernelAddresses = {0xD0000000, 0x00100000};
// A device's memory.
inline constexpr std::uint32_t kDeviceAddress = 0xC00B8000;

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_PARTITION_MACHINE_X86_H_
