// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/program.h"

#include <algorithm>
#include <array>
#include <span>

#include "pip/layout.h"

namespace pip::host {
namespace {

constexpr std::array kHandled = {kEntryVector, kDoubleFaultVector, kPageFaultVector, kTimerVector,
                                 kVcliSlot,    kVstiSlot,          kYieldSlot};

}  // namespace

std::uint32_t ContextAddress(std::uint32_t vector) {
  const auto position = static_cast<std::uint32_t>(std::ranges::find(kHandled, vector) - kHandled.begin());
  return kContexts + position * PIP_CONTEXT_BYTES;
}

std::uint32_t HandlerEip(std::uint32_t vector) { return 0x00700000 + vector * 16; }

Pages PagesFrom(std::uint32_t first, std::uint32_t count) {
  Pages pages;
  for (std::uint32_t i = 0; i < count; ++i) {
    pages.push_back(first + i * PIP_PAGE_BYTES);
  }
  return pages;
}

void WriteHandlers(UserMode& mode, std::uint32_t vidt, std::uint32_t contexts) {
  for (const std::uint32_t vector : kHandled) {
    const std::uint32_t context = ContextAddress(vector);
    mode.Store(vidt + 4 * vector, context);
    mode.Store(contexts + context - kContexts, HandlerEip(vector));
  }
}

std::optional<std::uint32_t> Create(UserMode& mode, Pages& pages) {
  if (pages.size() < 5) {
    return std::nullopt;
  }
  const auto taken = std::span(pages).last(5);
  const std::uint32_t descriptor = taken[0];
  const Call call(Service::kCreatePartition, {taken[0], taken[1], taken[2], taken[3], taken[4]});
  if (mode.Perform(call).status != PIP_DONE) {
    return std::nullopt;
  }
  pages.resize(pages.size() - 5);
  return descriptor;
}

bool Link(UserMode& mode, const Pages& pages) {
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (!mode.Store(pages[i], i + 1 < pages.size() ? pages[i + 1] : 0)) {
      return false;
    }
  }
  return true;
}

bool Prepare(UserMode& mode, Pages& pages, std::uint32_t child, std::uint32_t address) {
  const Answer needed = mode.Perform({Service::kCountToMap, {child, address}});
  if (needed.status != PIP_DONE || needed.value > pages.size()) {
    return false;
  }
  const Pages taken(pages.end() - needed.value, pages.end());
  if (!Link(mode, taken)) {
    return false;
  }
  const std::uint32_t first = taken.empty() ? 0 : taken.front();
  if (mode.Perform({Service::kPrepare, {child, address, first}}) != Answer{PIP_DONE, 0}) {
    return false;
  }
  pages.resize(pages.size() - taken.size());
  return true;
}

bool Give(UserMode& mode, std::uint32_t source, std::uint32_t child, std::uint32_t destination) {
  return mode.Perform({Service::kAddVAddr, {source, child, destination, 1, 1, 1}}).status == PIP_DONE;
}

std::optional<Child> BuildChild(UserMode& mode, Pages& pages, std::uint32_t gifts) {
  if (pages.size() < kPagesOfAChild + gifts) {
    return std::nullopt;
  }
  const std::optional<std::uint32_t> descriptor = Create(mode, pages);
  if (!descriptor || !Prepare(mode, pages, *descriptor, PIP_VIDT_PAGE * PIP_PAGE_BYTES)) {
    return std::nullopt;
  }
  Child child = {.descriptor = *descriptor, .vidt = pages.back(), .contexts = pages.end()[-2], .given = {}};
  pages.resize(pages.size() - 2);
  WriteHandlers(mode, child.vidt, child.contexts);
  if (!Give(mode, child.vidt, *descriptor, PIP_VIDT_PAGE * PIP_PAGE_BYTES) ||
      !Give(mode, child.contexts, *descriptor, kContexts)) {
    return std::nullopt;
  }
  for (std::uint32_t i = 0; i < gifts; ++i) {
    if (!Give(mode, pages.back(), *descriptor, kChildMemory + i * PIP_PAGE_BYTES)) {
      return std::nullopt;
    }
    child.given.push_back(pages.back());
    pages.pop_back();
  }
  return child;
}

bool EnterChild(UserMode& mode, std::uint32_t child) {
  return mode.Perform({Service::kYieldTo, {child, kEntryVector, kYieldSlot, 1, 1}}).status == PIP_DONE;
}

bool EnterParent(UserMode& mode) { return EnterChild(mode, 0); }

}  // namespace pip::host
