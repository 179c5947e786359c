// SPDX-License-Identifier: Apache-2.0
//
// Hostile partitions on x86 (hostile.h): all vectors, flags before each way into the kernel; exhaustive_x86.h has what
// there is so little of that all of it can be tried.
#include <array>
#include <cstdint>
#include <span>

#include "nanny/exhaustive_x86.h"
#include "nanny/hostile.h"
#include "nanny/phases.h"
#include "pip/calltable.h"

namespace nanny {
namespace {

constexpr std::uint32_t kTrap = 0x100;
constexpr std::uint32_t kNestedTask = 0x4000;
constexpr std::uint32_t kUndefined = 6;
constexpr std::uint32_t kNoCoprocessor = 7;
constexpr std::uint32_t kNotPresent = 11;
constexpr std::uint32_t kProtection = 13;
constexpr std::uint32_t kPageFault = 14;

class HostileX86 : public Hostile {
 public:
  explicit HostileX86(World& world) : Hostile(world) {}

  void Run(std::uint32_t rounds);

 private:
  void AllVectors();
  void FlagsBeforeEntries(std::uint32_t rounds);
  void Virtual8086(std::uint32_t rounds);
  void FloatingPoint();
};

// INT n: the software's own vectors arrive as they are; those of the processor and of devices are refused.
void HostileX86::AllVectors() {
  for (std::uint32_t vector = 0; vector < 256; ++vector) {
    const std::array<std::uint8_t, 2> code = {0xCD, static_cast<std::uint8_t>(vector)};
    const std::uint32_t told = Execute(code, Registers());
    const bool open = vector >= 48 || vector == 3 || vector == 4;
    Require(told == (open ? vector : kProtection), "INT n arrives as something else", vector, told);
  }
}

// POPF with any flags, any selectors in DS and ES, any stack pointer near the end of the page; then a way into the
// kernel.
void HostileX86::FlagsBeforeEntries(std::uint32_t rounds) {
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const std::uint32_t flags = random_.OneIn(2) ? 1U << random_.Below(22) : random_.Word();
    constexpr std::array<std::uint8_t, 6> kDataSelectors = {0, 1, 2, 3, 0x20, 0x23};
    const std::uint8_t selector = kDataSelectors[random_.Below(kDataSelectors.size())];
    std::array<std::uint8_t, 24> code = {0x68,
                                         static_cast<std::uint8_t>(flags),
                                         static_cast<std::uint8_t>(flags >> 8),
                                         static_cast<std::uint8_t>(flags >> 16),
                                         static_cast<std::uint8_t>(flags >> 24),
                                         0x66,
                                         0xB8,
                                         selector,
                                         0x00,  // pushl $flags; movw $selector, %ax
                                         0x8E,
                                         0xD8,
                                         0x8E,
                                         0xC0,
                                         0x9D};  // movw %ax, %ds; movw %ax, %es; popfl
    constexpr std::array<std::array<std::uint8_t, 7>, 6> kEntries = {{
        {0x0F, 0x34},                                     // sysenter
        {0x9A, 0, 0, 0, 0, PIP_GATE_MAPPED_IN_CHILD, 0},  // lcall
        {0x9A, 0, 0, 0, 0, PIP_GATE_YIELD, 0},
        {0xCD, 0x80},  // int
        {0x0F, 0x0B},  // ud2
        {0xCF},        // iret
    }};
    const auto& entry = kEntries[random_.Below(kEntries.size())];
    for (std::size_t i = 0; i < entry.size(); ++i) {
      code[14 + i] = entry[i];
    }
    user_ctx_t context = Registers();
    context.regs.esp -= random_.Below(64);
    context.regs.ebx = random_.Word();
    context.regs.ecx = random_.OneIn(2) ? kStack : random_.Word();
    context.regs.edx = random_.OneIn(2) ? kCode + 21 : random_.Word();
    context.regs.eax = random_.Below(16);
    (void)Execute(code, context, 1);
  }
}

// IRET with VM set, IF clear, any IOPL.  A processor ignores these bits at user level (Intel SDM volume 2A, IRET): the
// attacker returns to the code segment of its choice, or faults.  QEMU 7.2 obeys and enters virtual-8086 mode with
// interrupts masked; but there every address is below 0x110000, where only the kernel has memory, so that the first
// fetch is a page fault.
void HostileX86::Virtual8086(std::uint32_t rounds) {
  constexpr std::uint32_t kVirtual8086 = 0x20000;
  constexpr std::uint32_t kInterrupts = 0x200;
  constexpr std::array<std::uint8_t, 1> kIret = {0xCF};
  for (std::uint32_t round = 0; round < rounds; ++round) {
    user_ctx_t context = Registers();
    const std::span<std::uint32_t> stack = Words(kStackPage).subspan((kStack % 4096) / 4);
    // EIP, CS, EFLAGS, ESP, SS, ES, DS, FS, GS (volume 3B, 20.2.4)
    for (std::uint32_t i = 0; i < 9; ++i) {
      stack[i] = random_.Word();
    }
    stack[1] = random_.OneIn(4) ? 0x1B : stack[1] & 0xFFFF;
    stack[2] = (stack[2] | kVirtual8086) & ~(kInterrupts | kTrap | kNestedTask);
    const std::uint32_t told = Execute(kIret, context);
    Require(told == kPageFault || told == kProtection || told == kNotPresent, "IRET with VM arrives as something else",
            stack[1], told);
  }
}

// x87, MMX, SSE: nobody has them, so nothing of one partition's can be found in another's.
void HostileX86::FloatingPoint() {
  const std::array<std::array<std::uint8_t, 4>, 10> codes = {{
      {0xDB, 0xE3, 0x90, 0x90},  // fninit
      {0xD9, 0xE8, 0x90, 0x90},  // fld1
      {0xDD, 0x1C, 0x24, 0x90},  // fstpl (%esp)
      {0x9B, 0x90, 0x90, 0x90},  // fwait
      {0x0F, 0x77, 0x90, 0x90},  // emms
      {0x0F, 0x6F, 0xC1, 0x90},  // movq %mm1, %mm0
      {0x0F, 0x28, 0xC1, 0x90},  // movaps %xmm1, %xmm0
      {0x0F, 0xAE, 0x04, 0x24},  // fxsave (%esp)
      {0x0F, 0xAE, 0x1C, 0x24},  // stmxcsr (%esp)
      {0x0F, 0x01, 0xD0, 0x90},  // xgetbv
  }};
  for (std::uint32_t i = 0; i < codes.size(); ++i) {
    const std::uint32_t told = Execute(codes[i], Registers());
    Require(told == kUndefined || told == kNoCoprocessor, "a partition has floating point", i, told);
  }
}

void HostileX86::Run(std::uint32_t rounds) {
  Begin();
  AllVectors();
  AskVictim();
  const std::uint32_t cases = TryEverything(world_, attacker_);
  AskVictim();
  printf("nanny: %u cases, each as it must be\n", cases);
  FloatingPoint();
  AskVictim();
  Virtual8086(rounds);
  AskVictim();
  SetTicks(kFastTicks);
  FlagsBeforeEntries(rounds);
  AskVictim();
  RunRandomCasesAndEnd(rounds);
}

// UD2; JMP to itself.
constexpr std::array<std::uint8_t, 2> kUd2 = {0x0F, 0x0B};
constexpr std::array<std::uint8_t, 2> kJump = {0xEB, 0xFE};

}  // namespace

constinit const Hostile::Code Hostile::kUndefinedInstruction = kUd2;
constinit const Hostile::Code Hostile::kEndlessLoop = kJump;

void TestHostile(World& world, std::uint32_t rounds) { HostileX86(world).Run(rounds); }

}  // namespace nanny
