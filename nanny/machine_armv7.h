// SPDX-License-Identifier: Apache-2.0
//
// What the nanny knows of ARMv7 (machine.h).
#ifndef NANNY_MACHINE_ARMV7_H_
#define NANNY_MACHINE_ARMV7_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pip/context.h"
#include "pip/vidt.h"

namespace nanny {

// What a partition's parent is told of when it executes, or accesses, what it does not have: prefetch and data abort.
inline constexpr std::uint32_t kFetchFault = 1;
inline constexpr std::uint32_t kAccessFault = 2;

// Words of a context.
inline constexpr std::uint32_t kContextPc = 16;
inline constexpr std::uint32_t kContextState = 17;
inline constexpr std::uint32_t kContextStatus = 0;
// Where the first instruction is fetched from (ARM DDI 0406C, section A2.3.1: bits that an address of the instruction
// set does not have are ignored); what the context of a partition that was stopped says.
constexpr std::uint32_t FirstFetch(std::uint32_t pc, std::uint32_t status) {
  constexpr std::uint32_t kThumb = 0x20;
  return (status & kThumb) != 0 ? pc & ~1U : pc & ~3U;
}
inline std::uint32_t PcOf(const user_ctx_t& context) { return context.reg[CTX_PC]; }

// Behind the VIDT's page, at the end of user space.
inline constexpr std::uint32_t kUserSpaceEnd = 0x40000000;
// Whether user space has the page: the first one is like any other.
constexpr bool IsUserPage(std::uint32_t address) { return address < kUserSpaceEnd; }
// Tables that a child may have, by number.
inline constexpr std::uint32_t kUserTables = 256;
constexpr std::uint32_t AddressOfTable(std::uint32_t i) { return i << 22; }
// A page that the kernel has, in every address space.
inline constexpr std::uint32_t kKernelPage = 0x80000000;
// Memory of the root that is a device's (the peripherals, the local ones behind them), and its end.
inline constexpr std::uint32_t kDevice = PIP_PERIPHERALS_ADDRESS;
inline constexpr std::uint32_t kDeviceEnd = PIP_LOCAL_PERIPHERALS_ADDRESS + 0x1000;
// An address without a table; others that are refused: below the children's memory, and above it.
inline constexpr std::uint32_t kNoTable = 0x20000000;
inline constexpr std::array<std::uint32_t, 3> kLowKinds = {0, 0x1000, 0x003FF000};
inline constexpr std::array<std::uint32_t, 3> kHighKinds = {0x3EFFF000, 0x80000000, 0xF0008000};

// Words that name no context, for VIDTs: the first page's, the kernel's, wrapping, beyond user space, at the last place
// where 76 bytes fit, unaligned, across two pages.
inline constexpr std::array<std::uint32_t, 12> kGarbageContexts = {0x00000001, 0x40000000, 0x3FFFFFFC, 0x80000000,
                                                                   0xF0008000, 0xFFFFFFB5, 0xFFFFFFFF, 0x7FFFFFF0,
                                                                   0x3FFFFFB5, 0x3FFFFFB4, 0x3FFFFC01, 0x3FFFEFE0};
// Of these the first ones are unreachable for everybody, the root too.
inline constexpr std::size_t kHopelessContexts = 9;

// Addresses that are refused, or nearly: the kernel's, unaligned, first and last ones.
inline constexpr std::array<std::uint32_t, 24> kNasty = {
    0,          1,          0x1000,     0x00100000, 0x003FF000, 0x003FFFFF, 0x00400000, 0x00400001,
    0x3FFFFFFF, 0x40000000, 0x40001000, 0x7FFFF000, 0x80000000, 0x80008000, 0xBFFFF000, 0xC0000000,
    0xF0008000, 0xF0008001, 0xFFFF0000, 0xFFFFF000, 0x3FFFB000, 0x3FFFE001, 0xFFFFFFFF, 0x3FFFF001};
// Where children get memory: first and last pages of tables, of user space.
inline constexpr std::array<std::uint32_t, 12> kDestinations = {0x00000000, 0x003FF000, 0x00700000, 0x00800000,
                                                                0x1FFFF000, 0x20000000, 0x3F000000, 0x3FBFF000,
                                                                0x3FC00000, 0x3FFFD000, 0x3FFFE000, 0x3FFFF000};
// First and last entries of tables, first and last addresses of user space.
inline constexpr std::array<std::uint32_t, 10> kEdges = {0x00000000, 0x003FF000, 0x00400000, 0x007FF000, 0x1FFFF000,
                                                         0x20000000, 0x3F000000, 0x3FBFF000, 0x3FC00000, 0x3FFFF000};

// The local timer ticks once per so many cycles of its clock, 38.4 MHz: from a tick now and then to several in each
// call.
inline constexpr std::array<std::uint32_t, 4> kTickRates = {384000, 38400, 7680, 1920};
inline constexpr std::uint32_t kDefaultTicks = kTickRates[0];  // 100 a second

// So many calls fit into a home (Home::SetCalls).
inline constexpr std::size_t kCallsAtOnce = 40;

}  // namespace nanny

#endif  // NANNY_MACHINE_ARMV7_H_
