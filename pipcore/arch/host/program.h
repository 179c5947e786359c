// SPDX-License-Identifier: Apache-2.0
// What a partition's program does to have children, in the order libpip does it: nothing here knows more than a
// partition knows.
#ifndef PIPCORE_ARCH_HOST_PROGRAM_H_
#define PIPCORE_ARCH_HOST_PROGRAM_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "pipcore/arch/host/user_mode.h"

namespace pip::host {

// Every partition that is built here has its VIDT, and below it a page of contexts, at these addresses; a child's
// further pages begin at kChildMemory.
inline constexpr std::uint32_t kContexts = 0xFFFFE000;
inline constexpr std::uint32_t kChildMemory = 0xFFC00000;

// The vectors that it handles, and the slots that contexts are saved to.
inline constexpr std::uint32_t kEntryVector = 0;
inline constexpr std::uint32_t kDoubleFaultVector = 8;
inline constexpr std::uint32_t kPageFaultVector = 14;
inline constexpr std::uint32_t kTimerVector = 32;
inline constexpr std::uint32_t kVcliSlot = 48;
inline constexpr std::uint32_t kVstiSlot = 49;
inline constexpr std::uint32_t kYieldSlot = 50;

// The address of the context for a vector or slot, in the page of contexts; its eip is HandlerEip.
std::uint32_t ContextAddress(std::uint32_t vector);
std::uint32_t HandlerEip(std::uint32_t vector);

// Addresses of pages that a program may use as it likes; taken from the end.
using Pages = std::vector<std::uint32_t>;
// The pages from an address on.
Pages PagesFrom(std::uint32_t first, std::uint32_t count);

// Writes VIDT and contexts, through two of the caller's pages.
void WriteHandlers(UserMode& mode, std::uint32_t vidt, std::uint32_t contexts);

// createPartition with five pages taken from pages; its descriptor's address, or nothing if refused or too few.
std::optional<std::uint32_t> Create(UserMode& mode, Pages& pages);

// Asks countToMap how many pages are needed, links so many of them, and calls prepare.
bool Prepare(UserMode& mode, Pages& pages, std::uint32_t child, std::uint32_t address);

// Links pages into a list as prepare reads it, the first first; nothing after the last.
bool Link(UserMode& mode, const Pages& pages);

// Gives one page to a child, with every right.
bool Give(UserMode& mode, std::uint32_t source, std::uint32_t child, std::uint32_t destination);

struct Child {
  std::uint32_t descriptor;  // addresses in the parent
  std::uint32_t vidt;
  std::uint32_t contexts;
  Pages given;  // mapped in the child from kChildMemory on
};

// Builds a child that can run: VIDT and contexts with handlers, and so many more pages.  Takes 10 pages besides.
std::optional<Child> BuildChild(UserMode& mode, Pages& pages, std::uint32_t gifts);
inline constexpr std::uint32_t kPagesOfAChild = 10;

// Yields to a child's entry, or to the parent's, and says whether control went there.
bool EnterChild(UserMode& mode, std::uint32_t child);
bool EnterParent(UserMode& mode);

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_PROGRAM_H_
