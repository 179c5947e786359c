// SPDX-License-Identifier: Apache-2.0
//
// Instructions that C++ has no words for.  Every asm here is volatile because it acts on the machine, not on values.
#ifndef PIPCORE_ARCH_X86_PROCESSOR_H_
#define PIPCORE_ARCH_X86_PROCESSOR_H_

#include <cstdint>

namespace pip::x86 {

inline void WritePort8(std::uint16_t port, std::uint8_t value) {
  asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
inline void WritePort16(std::uint16_t port, std::uint16_t value) {
  asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}
inline void WritePort32(std::uint16_t port, std::uint32_t value) {
  asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}
inline std::uint8_t ReadPort8(std::uint16_t port) {
  std::uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline std::uint16_t ReadPort16(std::uint16_t port) {
  std::uint16_t value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline std::uint32_t ReadPort32(std::uint16_t port) {
  std::uint32_t value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

// Intel SDM volume 3A, section 2.5: CR0, CR2, CR4.
inline constexpr std::uint32_t kCr0ProtectionEnable = 1U << 0;
inline constexpr std::uint32_t kCr0MonitorCoprocessor = 1U << 1;
inline constexpr std::uint32_t kCr0Emulation = 1U << 2;
inline constexpr std::uint32_t kCr0TaskSwitched = 1U << 3;
inline constexpr std::uint32_t kCr0NumericError = 1U << 5;
inline constexpr std::uint32_t kCr0WriteProtect = 1U << 16;
inline constexpr std::uint32_t kCr0Paging = 1U << 31;
inline constexpr std::uint32_t kCr4PageSizeExtensions = 1U << 4;
inline constexpr std::uint32_t kCr4MachineCheck = 1U << 6;
inline constexpr std::uint32_t kCr4PageGlobal = 1U << 7;
inline constexpr std::uint32_t kCr4UserModeInstructionPrevention = 1U << 11;
inline constexpr std::uint32_t kCr4SupervisorExecutionPrevention = 1U << 20;

// The clobber "memory" keeps accesses on their side of a change of the rules of translation.
inline void WriteCr0(std::uint32_t value) { asm volatile("movl %0, %%cr0" : : "r"(value) : "memory"); }
inline void WriteCr3(std::uint32_t value) { asm volatile("movl %0, %%cr3" : : "r"(value) : "memory"); }
inline void WriteCr4(std::uint32_t value) { asm volatile("movl %0, %%cr4" : : "r"(value) : "memory"); }
inline std::uint32_t ReadCr2() {
  std::uint32_t value;
  asm volatile("movl %%cr2, %0" : "=r"(value));
  return value;
}
inline std::uint32_t ReadCr3() {
  std::uint32_t value;
  asm volatile("movl %%cr3, %0" : "=r"(value));
  return value;
}

// Intel SDM volume 2A, CPUID.
struct CpuidResult {
  std::uint32_t eax, ebx, ecx, edx;
};
inline CpuidResult Cpuid(std::uint32_t leaf) {
  CpuidResult result;
  asm volatile("cpuid" : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx) : "a"(leaf), "c"(0));
  return result;
}

inline void WriteModelSpecificRegister(std::uint32_t index, std::uint32_t low) {
  asm volatile("wrmsr" : : "c"(index), "a"(low), "d"(0));
}

[[noreturn]] inline void HaltForever() {
  for (;;) {
    asm volatile("cli; hlt");
  }
}

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_PROCESSOR_H_
