// SPDX-License-Identifier: Apache-2.0
//
// Hostile partitions on ARMv7 (hostile.h): all numbers of services in both instruction sets, all coprocessor registers,
// status words and banked registers, floating point, any status and stack before each way into the kernel. Sections are
// those of ARM DDI 0406C.
#include <array>
#include <cstdint>
#include <span>

#include "nanny/hostile.h"
#include "nanny/phases.h"
#include "pip/arch/services.h"

namespace nanny {
namespace {

constexpr std::uint32_t kUndefined = 0;
constexpr std::uint32_t kDataAbort = 2;
constexpr std::uint32_t kUser = 0x10;
constexpr std::uint32_t kThumb = 0x20;
constexpr std::uint32_t kModes = 0x1F;
constexpr std::uint32_t kMasks = 0x1C0;

// UDF; B to itself.
constexpr std::array<std::uint8_t, 4> kUdf = {0xF0, 0x00, 0xF0, 0xE7};
constexpr std::array<std::uint8_t, 4> kBranch = {0xFE, 0xFF, 0xFF, 0xEA};

// Coprocessor registers that user mode reaches, by what MCR and MRC have in their fields.
struct Register {
  std::uint32_t coprocessor, opc1, crn, crm, opc2;
  bool writes, reads;
};
constexpr std::array<Register, 10> kOpen = {{
    {15, 0, 7, 5, 4, true, false},  // CP15ISB, CP15DSB, CP15DMB (B4.2)
    {15, 0, 7, 10, 4, true, false},
    {15, 0, 7, 10, 5, true, false},
    {15, 0, 13, 0, 2, true, true},  // TPIDRURW (B4.1.151), TPIDRURO (B4.1.150)
    {15, 0, 13, 0, 3, false, true},
    {15, 0, 9, 14, 0, false, true},  // PMUSERENR
    {15, 0, 14, 0, 0, false, true},  // CNTFRQ (B4.1.21)
    // DBGDIDR, DBGDRAR, DBGDSAR (C11.11): constants, which QEMU shows though the kernel has closed them
    {14, 0, 0, 0, 0, false, true},
    {14, 0, 1, 0, 0, false, true},
    {14, 0, 2, 0, 0, false, true},
}};

class HostileArmv7 : public Hostile {
 public:
  explicit HostileArmv7(World& world) : Hostile(world) {}

  void Run(std::uint32_t rounds);

 private:
  std::uint32_t ExecuteWords(std::span<const std::uint32_t> words, const user_ctx_t& context,
                             std::uint32_t patience = kPatience);
  // Where the attacker was when it was stopped.
  const user_ctx_t& Stopped() {
    return *reinterpret_cast<const user_ctx_t*>(Words(AGENT_HOME).data() + AGENT_STOPPED / 4);
  }
  bool PassedOneInstruction() { return PcOf(Stopped()) == kCode + 4; }

  void AllServices();
  void CoprocessorRegisters(std::uint32_t rounds);
  void OtherCoprocessors(std::uint32_t rounds);
  void StatusWords(std::uint32_t rounds);
  void ExceptionReturns(std::uint32_t rounds);
  void FloatingPoint(std::uint32_t rounds);
  void StatesBeforeEntries(std::uint32_t rounds);
};

std::uint32_t HostileArmv7::ExecuteWords(std::span<const std::uint32_t> words, const user_ctx_t& context,
                                         std::uint32_t patience) {
  return Execute(std::span(reinterpret_cast<const std::uint8_t*>(words.data()), words.size_bytes()), context, patience);
}

// SVC with each number that fits Thumb, and others; the arguments are 0. Those of yield arrive at the nanny's vector 0;
// all others return, with a refusal or, for a number that is no service, all ones.
void HostileArmv7::AllServices() {
  constexpr std::uint32_t kNumbers = 0x100;
  for (std::uint32_t i = 0; i < kNumbers + 256; ++i) {
    const std::uint32_t number = i < kNumbers ? i : random_.Word() & 0xFFFFFF;
    for (const bool thumb : {false, true}) {
      if (thumb && i >= kNumbers) {
        continue;
      }
      user_ctx_t context = Registers();
      context.spsr |= thumb ? kThumb : 0;
      // In Thumb state: SVC, and UDF behind it (A8.8.228, A8.8.247).
      const std::array<std::uint32_t, 1> code = {thumb ? 0xDE00DF00 | number : 0xEF000000 | number};
      const std::uint32_t told = ExecuteWords(code, context);
      Require(told == 0, "SVC arrives as something else", number, told);
      const std::uint32_t service = number & ~std::uint32_t{PIP_SERVICE_WITH_STATUS};
      if (service == PIP_SERVICE_YIELD) {
        continue;
      }
      Require(PcOf(Stopped()) == kCode + (thumb ? 2 : 4), "SVC does not return", number, told);
      const std::uint32_t result = Stopped().reg[CTX_R0];
      Require(service <= PIP_SERVICE_DEBUG_PUTC || result == UINT32_MAX, "a service that does not exist", number,
              result);
    }
  }
}

// MCR and MRC of the registers of CP14 and CP15: those of kOpen, and no other. Whatever passes has changed nothing for
// the next partition: TPIDRURW is 0 again.
void HostileArmv7::CoprocessorRegisters(std::uint32_t rounds) {
  constexpr std::uint32_t kRegisters = 0x10000;
  constexpr std::uint32_t kPerRound = 20;
  // All of them when there are many rounds; otherwise some, from a random one on.
  const std::uint32_t step = rounds * kPerRound < kRegisters ? kRegisters / (rounds * kPerRound) : 1;
  for (std::uint32_t i = random_.Below(step); i < kRegisters; i += step) {
    const Register r{.coprocessor = 14 + (i >> 15),
                     .opc1 = i >> 11 & 7,
                     .crn = i >> 7 & 15,
                     .crm = i >> 3 & 15,
                     .opc2 = i & 7,
                     .writes = false,
                     .reads = false};
    const std::uint32_t fields = r.coprocessor << 8 | r.opc1 << 21 | r.crn << 16 | r.crm | r.opc2 << 5;
    bool writes = false;
    bool reads = false;
    for (const Register& open : kOpen) {
      if (open.coprocessor == r.coprocessor && open.opc1 == r.opc1 && open.crn == r.crn && open.crm == r.crm &&
          open.opc2 == r.opc2) {
        writes = open.writes;
        reads = open.reads;
      }
    }
    for (const bool is_read : {false, true}) {
      user_ctx_t context = Registers();
      context.reg[CTX_R1] = random_.Word();
      const std::array<std::uint32_t, 1> code = {0xEE001010 | fields | (is_read ? 1U << 20 : 0U)};
      const std::uint32_t told = ExecuteWords(code, context);
      Require(told == kUndefined, "a coprocessor's register arrives as something else", code[0], told);
      Require(PassedOneInstruction() == (is_read ? reads : writes), "a coprocessor's register", code[0], told);
    }
  }
}

// The other coprocessors, and their other instructions: CDP, LDC, STC, MCRR, MRRC. Of all these, only the virtual
// counter can be read (B8.1.2).
void HostileArmv7::OtherCoprocessors(std::uint32_t rounds) {
  constexpr std::uint32_t kReadVirtualCounter = 0xEC510F1E;  // MRRC p15, 1, r0, r1, c14
  // Not more: QEMU 7.2 itself aborts at one of the next thousands (an assertion in gen_pc_plus_diff).
  constexpr std::uint32_t kMost = 400;
  for (std::uint32_t round = 0; round < rounds * 4 && round < kMost; ++round) {
    // CDP, MCR, MRC; LDC, STC, MCRR, MRRC; the same without condition.
    constexpr std::array<std::uint32_t, 5> kBases = {0xEE000000, 0xEC000000, 0xED000000, 0xFC000000, 0xFE000000};
    std::uint32_t word = kBases[random_.Below(kBases.size())] | (random_.Word() & 0xFFFFFF);
    if (round == 0) {
      word = kReadVirtualCounter;
    } else if (((word >> 24) & 15) == 14 && ((word >> 4) & 1) != 0 && (word >> 9 & 7) == 7) {
      continue;  // MCR or MRC of CP14 or CP15
    } else if ((word & 0xFFF00FFF) == (kReadVirtualCounter & 0xFFF00FFF)) {
      continue;
    }
    const std::uint32_t told = ExecuteWords(std::array{word}, Registers());
    Require(told == kUndefined && PassedOneInstruction() == (round == 0), "an instruction of a coprocessor", word,
            told);
  }
}

// MSR and CPS: mode and masks stay as they are, whatever is asked for; so do banked registers (B9.3.9, B9.3.12).
void HostileArmv7::StatusWords(std::uint32_t rounds) {
  for (std::uint32_t round = 0; round < rounds * 2; ++round) {
    user_ctx_t context = Registers();
    context.reg[CTX_R1] = random_.Word() & ~(kThumb | 0x1000000U);
    const std::uint32_t fields = random_.Word();
    const std::array<std::uint32_t, 5> words = {
        0xE120F001 | (fields & 0xF0000),   // MSR CPSR_fields, r1
        0xE160F001 | (fields & 0xF0000),   // MSR SPSR_fields, r1: unpredictable
        0xE120F201 | (fields & 0x4F0100),  // MSR of a banked register
        0xE1001200 | (fields & 0x4F0100),  // MRS of a banked register
        0xF1000000 | (fields & 0xE01FF),   // CPS
    };
    const std::uint32_t word = words[random_.Below(words.size())];
    const std::uint32_t told = ExecuteWords(std::array{word}, context);
    Require(told == kUndefined, "a change of status arrives as something else", word, told);
    const std::uint32_t status = Stopped().spsr;
    Require((status & kModes) == kUser && (status & kMasks & ~0x40U) == 0, "a partition chooses mode or masks", word,
            status);
  }
}

// RFE, SRS, LDM with ^, MOVS PC: undefined or unpredictable in user mode (B9.3), where unpredictable must not mean more
// than user mode can do (glossary): the mode stays user's, what is loaded is its own memory.
void HostileArmv7::ExceptionReturns(std::uint32_t rounds) {
  for (std::uint32_t round = 0; round < rounds * 2; ++round) {
    const std::uint32_t bits = random_.Word();
    const std::array<std::uint32_t, 6> words = {
        0xF8100A00 | (bits & 0x1AF0000),  // RFE
        0xF84D0500 | (bits & 0x1A0001F),  // SRS
        0xE8508000 | (bits & 0x1AF7FFF),  // LDM with pc, ^
        0xE8500000 | (bits & 0x18F7FFF),  // LDM of user registers
        0xE8400000 | (bits & 0x18FFFFF),  // STM of user registers
        0xE1B0F000 | (bits & 0xF),        // MOVS PC
    };
    user_ctx_t context = Registers();
    for (std::uint32_t i = CTX_R0; i <= CTX_R12; ++i) {
      context.reg[i] = kStack;
    }
    for (std::uint32_t& word : Words(kStackPage)) {
      word = random_.OneIn(2) ? kCode + 4 : random_.Word();
    }
    const std::uint32_t word = words[random_.Below(words.size())];
    const std::uint32_t told = ExecuteWords(std::array{word}, context, 1);
    Require(told <= kDataAbort || told == PIP_VECTOR_TIMER, "an exception return arrives as something else", word,
            told);
    Require((Stopped().spsr & kModes) == kUser, "a partition chooses its mode", word, Stopped().spsr);
  }
}

// Floating point and SIMD, in both instruction sets: nobody has them, so nothing of one partition's can be found in
// another's.
void HostileArmv7::FloatingPoint(std::uint32_t rounds) {
  constexpr std::array<std::uint32_t, 8> kArm = {
      0xEE000A10,  // vmov s0, r0
      0xEEF10A10,  // vmrs r0, fpscr
      0xEEE80A10,  // vmsr fpexc, r0
      0xED900B00,  // vldr d0, [r0]
      0xEC900B20,  // vldmia r0, {d0-d15}
      0xF2000840,  // vadd.i8 q0, q0, q0
      0xF4200A0F,  // vld1.8 {d0}, [r0]
      0xEE300A00,  // vadd.f32 s0, s0, s0
  };
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const bool thumb = random_.OneIn(2);
    std::uint32_t word = kArm[round % kArm.size()];
    if (round >= kArm.size()) {
      word = 0xEE000A00 | (random_.Word() & 0xFFFFDF & ~0x100U);
    }
    user_ctx_t context = Registers();
    context.reg[CTX_R0] = kStack;
    std::uint32_t code = word;
    if (thumb) {
      // The first halfword comes first; SIMD has other first bytes (A7.4, A7.7).
      const std::uint32_t first = word >> 24 == 0xF2   ? 0xEF000000 | (word & 0xFFFFFF)
                                  : word >> 24 == 0xF4 ? 0xF9000000 | (word & 0xFFFFFF)
                                                       : word;
      code = first >> 16 | first << 16;
      context.spsr |= kThumb;
    }
    const std::uint32_t told = ExecuteWords(std::array{code}, context);
    Require(told == kUndefined && PcOf(Stopped()) == kCode, "a partition has floating point", word, told);
  }
}

// Any status that user mode can choose (big-endian, Thumb inside an IT block, flags), any stack pointer and link
// register; then a way into the kernel: a service, undefined, aborts.
void HostileArmv7::StatesBeforeEntries(std::uint32_t rounds) {
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const bool thumb = random_.OneIn(2);
    constexpr std::array<std::uint32_t, 5> kArmEntries = {
        0xEF000000 | PIP_SERVICE_MAPPED_IN_CHILD,
        0xEF00008A,
        0xE7F000F0,
        0xE59D0000,
        0xE1200070,  // svc, udf, ldr, bkpt
    };
    constexpr std::array<std::uint32_t, 5> kThumbEntries = {
        0xDF00DF00 | PIP_SERVICE_MAPPED_IN_CHILD, 0xDF8ADF8A, 0xDE00DE00, 0x98009800, 0xBE00BE00,
    };
    user_ctx_t context = Registers();
    context.spsr = (random_.Word() & ~kThumb) | (thumb ? kThumb : 0);
    for (std::uint32_t i = CTX_SP; i <= CTX_R12; ++i) {
      context.reg[i] = random_.Word();
    }
    const std::uint32_t which = random_.Below(kArmEntries.size());
    (void)ExecuteWords(std::array{thumb ? kThumbEntries[which] : kArmEntries[which]}, context, 1);
  }
}

void HostileArmv7::Run(std::uint32_t rounds) {
  Begin();
  AllServices();
  AskVictim();
  CoprocessorRegisters(rounds);
  AskVictim();
  OtherCoprocessors(rounds);
  AskVictim();
  StatusWords(rounds);
  AskVictim();
  FloatingPoint(rounds);
  AskVictim();
  SetTicks(kFastTicks);
  ExceptionReturns(rounds);
  AskVictim();
  SetTicks(kFastTicks);
  StatesBeforeEntries(rounds);
  AskVictim();
  RunRandomCasesAndEnd(rounds);
}

}  // namespace

constinit const Hostile::Code Hostile::kUndefinedInstruction = kUdf;
constinit const Hostile::Code Hostile::kEndlessLoop = kBranch;

void TestHostile(World& world, std::uint32_t rounds) { HostileArmv7(world).Run(rounds); }

}  // namespace nanny
