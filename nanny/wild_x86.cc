// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>

#include "nanny/wild.h"
#include "pip/calltable.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
constexpr std::size_t kCodeBytes = 64;

// Intel SDM volume 2, appendix A: two-byte opcodes, segment registers, far calls, jumps and returns, IRET, INT, INTO,
// BOUND, flags, ports, HLT, CLI, STI, ENTER, LES, LDS, groups, prefixes, ARPL, x87, ICEBP.
constexpr std::array<std::uint8_t, 34> kOpcodes = {
    0x0F, 0x0F, 0x0F, 0x8E, 0x8C, 0x9A, 0xEA, 0xCF, 0xCB, 0xCA, 0xCD, 0xCE, 0x62, 0x9D, 0x9C, 0xE4, 0xE6,
    0x6C, 0x6E, 0xF4, 0xFA, 0xFB, 0xC8, 0xC4, 0xC5, 0xFF, 0xF3, 0x66, 0x67, 0xF0, 0x63, 0xD9, 0xF1, 0x17};

}  // namespace

user_ctx_t MakeWildCode(Random& random, std::span<std::uint32_t> page, std::uint32_t address) {
  for (std::size_t i = 0; i < kCodeBytes / 4; ++i) {
    std::uint32_t word = 0;
    for (std::uint32_t j = 0; j < 4; ++j) {
      const std::uint32_t byte = random.OneIn(3) ? kOpcodes[random.Below(kOpcodes.size())] : random.Word() >> 9 & 0xFF;
      word = word << 8 | byte;
    }
    page[i] = word;
  }
  user_ctx_t context = MakeWildContext(random, address);
  context.eip = address;
  if (random.OneIn(2)) {
    context.eflags = 2;
  }
  // So that system calls, string instructions, far returns and IRET often find what they need.
  context.regs.eax = random.OneIn(2) ? random.Below(PIP_SERVICE_YIELD + 2) : context.regs.eax;
  context.regs.edx = random.OneIn(2) ? address + random.Below(kCodeBytes) : context.regs.edx;
  context.regs.ecx = address + kPage - 4 * random.Below(64);
  context.regs.esi = address + random.Below(kPage);
  context.regs.edi = address + random.Below(kPage);
  context.regs.esp = address + kPage - random.Below(512);
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
    context.eip = address + random.Below(kPage);
  }
  return context;
}

}  // namespace nanny
