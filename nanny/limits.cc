// SPDX-License-Identifier: Apache-2.0
//
// Limits: what needs more memory than the reference's pool, called directly, with what must come of it written here.
#include <array>
#include <cstdint>
#include <span>

#include "nanny/builder.h"
#include "nanny/machine.h"
#include "nanny/phases.h"
#include "pip/services.h"
#include "pip/stdio.h"
#include "pip/vidt.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
constexpr std::uint32_t kListCapacity = 255;
constexpr std::uint32_t kPartitionsMax = 3000;
constexpr std::uint32_t kStep = 7;

// A page of the nanny has no other name than its address.
std::span<std::uint32_t, 1024> Words(std::uint32_t address) {
  return std::span<std::uint32_t, 1024>(reinterpret_cast<std::uint32_t*>(static_cast<std::uintptr_t>(address)), 1024);
}

class Limits {
 public:
  Limits(World& world, std::uint32_t begin, std::uint32_t end) : world_(world), begin_(begin), end_(end) {}

  void FullConfigurationList();
  void Edges();
  void ManyPartitions();
  void Devices();

 private:
  void Require(bool condition, const char* what) const {
    if (!condition) {
      world_.Fail(what);
    }
  }
  std::uint32_t Take() {
    Require(next_ != end_, "limits: no page is left");
    next_ += kPage;
    return next_ - kPage;
  }
  std::uint32_t Create() {
    const std::array<std::uint32_t, 5> p = {Take(), Take(), Take(), Take(), Take()};
    Require(pip_create_partition(p[0], p[1], p[2], p[3], p[4]) == PIP_DONE, "limits: createPartition");
    return p[0];
  }
  // A list of so many pages.
  std::uint32_t TakeList(std::uint32_t count) {
    std::uint32_t first = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t page = Take();
      Words(page)[0] = first;
      first = page;
    }
    return first;
  }
  OwnResult Run(std::uint32_t child, std::uint32_t vector);
  void RequireCleared(std::uint32_t page, std::uint32_t link) const {
    for (std::uint32_t i = 0; i < 1024; ++i) {
      Require(Words(page)[i] == (i == 0 ? link : 0), "limits: a page that came back is not cleared");
    }
  }
  // Everything that was taken is the root's again, given to nobody.
  void RequireAllBack() {
    for (std::uint32_t page = begin_; page != next_; page += kPage) {
      const pip_answer_t answer = pip_mapped_in_child(page);
      Require(answer.status == PIP_DONE && answer.value == 0, "limits: a page is still given");
    }
    next_ = begin_;
  }

  World& world_;
  std::uint32_t begin_;
  std::uint32_t end_;
  std::uint32_t next_ = begin_;
  const bool has_reasons_ = HasFastEntry();
};

// All tables that a child can have: several pages of configuration list; then all of them back, from the middle
// outwards.
void Limits::FullConfigurationList() {
  const std::uint32_t child = Create();
  std::uint32_t tables = 0;
  std::uint32_t list_pages = 1;
  for (std::uint32_t i = 0; i < kUserTables; ++i) {
    const std::uint32_t address = AddressOfTable(i) + (i % 1024) * kPage;
    const bool full = tables == list_pages * kListCapacity;
    const std::uint32_t needed = full ? 4 : 3;
    if (has_reasons_) {
      const pip_answer_t count = pip_count_to_map(child, address);
      Require(count.status == PIP_DONE && count.value == needed, "limits: countToMap with a full list");
    }
    if (full) {
      Require(pip_prepare(child, address, TakeList(3)).status != PIP_DONE,
              "limits: prepare without a page for the list");
      ++list_pages;
    }
    const pip_answer_t answer = pip_prepare(child, address, TakeList(needed));
    Require(answer.status == PIP_DONE && answer.value == 0, "limits: prepare");
    ++tables;
  }
  std::uint32_t collected = 0;
  std::uint32_t back = 0;
  for (std::uint32_t i = 0; i < tables; ++i) {
    const std::uint32_t index = i % 2 == 0 ? tables / 2 + i / 2 : tables / 2 - 1 - i / 2;
    const pip_answer_t answer = pip_collect(child, AddressOfTable(index));
    Require(answer.status == PIP_DONE, "limits: collect");
    for (std::uint32_t page = answer.value; page != 0;) {
      const std::uint32_t next = Words(page)[0];
      RequireCleared(page, next);
      Words(page)[0] = 0;
      page = next;
      ++back;
    }
    Require(pip_collect(child, AddressOfTable(index)).status != PIP_DONE, "limits: collect twice");
    ++collected;
  }
  Require(back == 3 * collected + list_pages - 1, "limits: collect gave back another number of pages");
  Require(pip_delete_partition(child) == PIP_DONE, "limits: deletePartition");
  RequireAllBack();
  printf("nanny: %u tables in %u pages of a configuration list, and %u pages back\n", tables, list_pages, back);
}

void Limits::Edges() {
  const std::uint32_t child = Create();
  for (const std::uint32_t edge : kEdges) {
    if (pip_count_to_map(child, edge).value != 0) {
      Require(pip_prepare(child, edge, TakeList(3)).status == PIP_DONE, "limits: prepare at an edge");
    }
    const std::uint32_t page = Take();
    Require(pip_add_vaddr(page, child, edge, PIP_READ) == PIP_DONE, "limits: addVAddr at an edge");
    Require(pip_mapped_in_child(page).value == child, "limits: mappedInChild at an edge");
    Require(pip_add_vaddr(page, child, edge, PIP_READ) != PIP_DONE, "limits: addVAddr twice");
  }
  for (const std::uint32_t edge : kEdges) {
    Require(pip_collect(child, edge).status != PIP_DONE, "limits: collect what is in use");
    Require(pip_remove_vaddr(child, edge) == PIP_DONE, "limits: removeVAddr at an edge");
    Require(pip_remove_vaddr(child, edge) != PIP_DONE, "limits: removeVAddr twice");
    if (pip_collect(child, edge).status == PIP_DONE) {
      Require(pip_remove_vaddr(child, edge) != PIP_DONE, "limits: removeVAddr without a table");
    }
  }
  Require(pip_delete_partition(child) == PIP_DONE, "limits: deletePartition");
  RequireAllBack();
}

// As many partitions as memory holds, side by side.  Each of them runs, twice, and makes a call.
void Limits::ManyPartitions() {
  constexpr std::uint32_t kStructures = 8;
  constexpr std::uint32_t kPagesEach = kStructures + 1;
  const std::uint32_t pages = (end_ - begin_) / kPage;
  std::uint32_t count = pages / kPagesEach < kPartitionsMax ? pages / kPagesEach : kPartitionsMax;
  if (count < kStep) {
    world_.Fail("limits: memory for hardly any partition");
  }
  count -= count % kStep == 0 ? 1 : 0;
  const Call call{Service::kMappedInChild, {AGENT_HOME}};
  const auto name_of = [&](std::uint32_t i) { return begin_ + i * kPagesEach * kPage; };
  const auto home_of = [&](std::uint32_t i) { return Home(Words(name_of(i) + kStructures * kPage).data()); };
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t child = Create();
    Require(child == name_of(i), "limits: pages in another order");
    Require(pip_prepare(child, AGENT_HOME, TakeList(3)).status == PIP_DONE, "limits: prepare");
    const std::uint32_t home = Take();
    home_of(i).Fill(world_.random(), i);
    home_of(i).SetCall(call, BestEntry());
    Require(pip_add_vaddr(home, child, AGENT_HOME, kAllRights) == PIP_DONE, "limits: addVAddr");
  }
  // In an order that has nothing to do with the order of creation; `count` and the step have no common divisor.
  for (std::uint32_t i = 0; i < 2 * count; ++i) {
    const std::uint32_t which = i * kStep % count;
    home_of(which).Forget();
    const OwnResult result = Run(name_of(which), AGENT_SLOT_GO);
    Require(result.told && result.vector == AGENT_DONE, "limits: one of many does not run");
    Require(home_of(which).Result(call, BestEntry()).value == 0, "limits: one of many gets another answer");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t child = name_of(i * kStep % count);
    Require(pip_delete_partition(child) == PIP_DONE, "limits: deletePartition of one of many");
    Require(pip_delete_partition(child) != PIP_DONE, "limits: deletePartition twice");
    Require(!Run(child, AGENT_SLOT_GO).told, "limits: one of many runs after its end");
    for (std::uint32_t page = 0; page < kStructures; ++page) {
      RequireCleared(child + page * kPage, 0);
    }
  }
  RequireAllBack();
  printf("nanny: %u partitions side by side, each of which ran, and all their pages back, cleared\n", count);
}

// Starts a partition; after a tick of the timer it goes on.
OwnResult Limits::Run(std::uint32_t child, std::uint32_t vector) {
  OwnResult result = CallAsRoot({Service::kYield, {child, vector, AGENT_SLOT_NOTHING}}, BestEntry());
  while (result.told && result.vector == PIP_VECTOR_TIMER) {
    result = CallAsRoot({Service::kYield, {child, PIP_VECTOR_SAVE_MASKED, AGENT_SLOT_NOTHING}}, BestEntry());
  }
  return result;
}

// A device's memory can be shared, but becomes no kernel structure.
void Limits::Devices() {
  std::array<std::uint32_t, 5> pages = {Take(), Take(), Take(), Take(), Take()};
  for (std::uint32_t& page : pages) {
    const std::uint32_t ordinary = page;
    page = kDevice;
    const pip_status_t status = pip_create_partition(pages[0], pages[1], pages[2], pages[3], pages[4]);
    Require(has_reasons_ ? status == PIP_NOT_ORDINARY_MEMORY : status != PIP_DONE, "limits: a device as structure");
    page = ordinary;
  }
  const std::uint32_t child = Create();
  Require(pip_prepare(child, AGENT_HOME, TakeList(3)).status == PIP_DONE, "limits: prepare");
  Require(pip_add_vaddr(kDevice, child, AGENT_HOME, PIP_READ | PIP_WRITE) == PIP_DONE, "limits: sharing a device");
  Require(pip_delete_partition(child) == PIP_DONE, "limits: deletePartition");
  Require(pip_mapped_in_child(kDevice).value == 0, "limits: a device is still given");
  RequireAllBack();
}

}  // namespace

void TestLimits(World& world, std::uint32_t begin, std::uint32_t end) {
  Limits limits(world, begin, end);
  limits.Devices();
  limits.Edges();
  limits.FullConfigurationList();
  limits.ManyPartitions();
}

}  // namespace nanny
