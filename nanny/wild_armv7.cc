// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>

#include "nanny/wild.h"
#include "pip/calltable.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
constexpr std::size_t kCodeWords = 16;
constexpr std::uint32_t kThumb = 0x20;

// Kinds of A32 instructions (ARM DDI 0406C, chapter A8): what is fixed, and which bits are at random. In Thumb state
// the same words are pairs of other instructions.
struct Kind {
  std::uint32_t fixed;
  std::uint32_t random;
};
constexpr std::array<Kind, 24> kKinds = {{
    {0xEF000000, 0x00FFFFFF},                            // SVC
    {0xEF000080, 0x0000000F},                            // SVC, with status
    {0xEE000010, 0x00FFFFEF},                            // MCR, MRC, any coprocessor
    {0xEE000F10, 0x00FFF0EF},                            // MCR, MRC of CP15
    {0xEE000E10, 0x00FFF0EF},                            // MCR, MRC of CP14: debug, ThumbEE, Jazelle
    {0xEC400F00, 0x001FF0FF},                            // MCRR, MRRC
    {0xEC000000, 0x01FFFFFF},                            // LDC, STC
    {0xF1000000, 0x000FFFFF},                            // CPS, SETEND
    {0xF8400500, 0x01AF001F},                            // SRS
    {0xF8100A00, 0x01AF0000},                            // RFE
    {0xE10F0000, 0x0040FFFF},                            // MRS, also of banked registers
    {0xE120F000, 0x004FFFFF},                            // MSR
    {0xE320F000, 0x00FF00FF},                            // MSR immediate, hints
    {0xE8500000, 0x01AFFFFF},                            // LDM of user registers, or exception return
    {0xE8400000, 0x01AFFFFF},                            // STM of user registers
    {0xE1B0F000, 0x0000000F},                            // MOVS PC: exception return
    {0xE12FFF10, 0x0000003F},                            // BX, BXJ, BLX
    {0xE1000090, 0x00FFFF0F},                            // SWP
    {0xE1800F90, 0x007FFF0F},                            // LDREX, STREX
    {0xE4A00000, 0x005FFFFF},                            // LDRT, STRT
    {0xE1600070, 0x000FFF0F},                            // SMC; HVC, BKPT
    {0xE1400070, 0x000FFF0F}, {0xEE000A00, 0x00FFFDFF},  // floating point
    {0xF2000000, 0x01FFFFFF},                            // SIMD
}};

}  // namespace

user_ctx_t MakeWildCode(Random& random, std::span<std::uint32_t> page, std::uint32_t address) {
  for (std::size_t i = 0; i < kCodeWords; ++i) {
    const Kind& kind = kKinds[random.Below(kKinds.size())];
    page[i] = random.OneIn(4) ? random.Word() : kind.fixed | (random.Word() & kind.random);
  }
  user_ctx_t context = MakeWildContext(random, address);
  context.spsr = random.OneIn(2) ? 0x10 : random.Word();
  if (!random.OneIn(4)) {
    context.spsr &= ~kThumb;
  }
  context.reg[CTX_PC] = address;
  // So that services, loads and stores often find what they need.
  for (std::size_t i = CTX_R0; i <= CTX_R12; ++i) {
    context.reg[i] = random.OneIn(2) ? address + random.Below(kPage) : context.reg[i];
  }
  context.reg[CTX_LR] = address + 4 * random.Below(kCodeWords);
  context.reg[CTX_SP] = address + kPage - random.Below(512);
  return context;
}

user_ctx_t MakeWildContext(Random& random, std::uint32_t address) {
  user_ctx_t context;
  // A context is its bytes.
  auto* const bytes = reinterpret_cast<std::uint8_t*>(&context);
  for (std::size_t i = 0; i < sizeof context; ++i) {
    bytes[i] = static_cast<std::uint8_t>(random.Word() >> 9);
  }
  if (random.OneIn(2)) {
    context.reg[CTX_PC] = address + random.Below(kPage);
  }
  return context;
}

}  // namespace nanny
