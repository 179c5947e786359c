// SPDX-License-Identifier: Apache-2.0
//
// What the nanny knows of x86 (machine.h).
#ifndef NANNY_MACHINE_X86_H_
#define NANNY_MACHINE_X86_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "pip/context.h"
#include "pip/vidt.h"

namespace nanny {

// What a partition's parent is told of when it executes, or accesses, what it does not have.
inline constexpr std::uint32_t kFetchFault = 14;
inline constexpr std::uint32_t kAccessFault = 14;

// Words of a context.
inline constexpr std::uint32_t kContextPc = 0;
inline constexpr std::uint32_t kContextState = 1;
inline constexpr std::uint32_t kContextStatus = 2;
// Where the first instruction is fetched from; what the context of a partition that was stopped says.
constexpr std::uint32_t FirstFetch(std::uint32_t pc, std::uint32_t /*status*/) { return pc; }
inline std::uint32_t PcOf(const user_ctx_t& context) { return context.eip; }

// Whether user space has the page.
constexpr bool IsUserPage(std::uint32_t address) {
  constexpr std::uint32_t kLastSlot = 0xFFC00000;
  return address >= PIP_USER_BEGIN && (address < PIP_USER_END || address >= kLastSlot);
}
// Behind the VIDT's page, at the end of user space.
inline constexpr std::uint32_t kUserSpaceEnd = UINT32_MAX;
// Tables that a child may have, by number.
inline constexpr std::uint32_t kUserTables = 832;
constexpr std::uint32_t AddressOfTable(std::uint32_t i) { return (i + 1 < kUserTables ? i + 1 : 1023) << 22; }
// A page that the kernel has, in every address space.
inline constexpr std::uint32_t kKernelPage = 0xD0000000;
// Memory of the root that is a device's, and its end.
inline constexpr std::uint32_t kDevice = 0xC00B8000;
inline constexpr std::uint32_t kDeviceEnd = 0xC00C0000;
// An address without a table; others that are refused: below the children's memory, and above it.
inline constexpr std::uint32_t kNoTable = 0x40000000;
inline constexpr std::array<std::uint32_t, 3> kLowKinds = {0, 0x1000, 0x003FF000};
inline constexpr std::array<std::uint32_t, 3> kHighKinds = {0xCFFFF000, 0xD0000000, 0xFFBFF000};

// Words that name no context, for VIDTs: of the kernel, of the window, wrapping, at the last place where 64 bytes fit,
// unaligned, across two pages.
inline constexpr std::array<std::uint32_t, 12> kGarbageContexts = {0x00000001, 0x00100000, 0x003FFFFC, 0xD0000000,
                                                                   0xFFBFFFE0, 0xFFFFFFC1, 0xFFFFFFFF, 0x7FFFFFF0,
                                                                   0xCFFFFFE0, 0xFFFFFFC0, 0xFFFFFC01, 0xFFFFEFE0};
// Of these the first ones are unreachable for everybody, the root too.
inline constexpr std::size_t kHopelessContexts = 9;

// Addresses that are refused, or nearly: the kernel's, unaligned, first and last ones.
inline constexpr std::array<std::uint32_t, 24> kNasty = {
    0,          1,          0x1000,     0x00100000, 0x003FF000, 0x003FFFFF, 0x00400000, 0x00400001,
    0x7FFFFFFF, 0x80000000, 0x80001000, 0xC00A0000, 0xCFFFF000, 0xCFFFFFFF, 0xD0000000, 0xD0001000,
    0xE0000000, 0xFFBFF000, 0xFFBFFFFF, 0xFFC00000, 0xFFFFB000, 0xFFFFE001, 0xFFFFFFFF, 0xFFFFF001};
// Where children get memory: first and last pages of tables, of user space.
inline constexpr std::array<std::uint32_t, 12> kDestinations = {0x00400000, 0x007FF000, 0x00700000, 0x00800000,
                                                                0x7FFFF000, 0x80000000, 0xCFC00000, 0xCFFFF000,
                                                                0xFFC00000, 0xFFFFD000, 0xFFFFE000, 0xFFFFF000};
// First and last entries of tables, first and last addresses of user space.
inline constexpr std::array<std::uint32_t, 10> kEdges = {0x00400000, 0x007FF000, 0x00800000, 0x7FFFF000, 0x80000000,
                                                         0xBFFFF000, 0xCFC00000, 0xCFFFF000, 0xFFC00000, 0xFFFFF000};

// The timer ticks once per so many cycles of its clock, 1193182 Hz: from a tick now and then to several in each call.
inline constexpr std::array<std::uint32_t, 4> kTickRates = {11932, 1193, 240, 60};
inline constexpr std::uint32_t kDefaultTicks = kTickRates[0];  // 100 a second

// So many calls fit into a home (Home::SetCalls).
inline constexpr std::size_t kCallsAtOnce = 64;

}  // namespace nanny

#endif  // NANNY_MACHINE_X86_H_
