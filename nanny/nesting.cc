// SPDX-License-Identifier: Apache-2.0
//
// Partitions inside partitions, as deep as all of the machine's memory allows.  Each level runs this very code, shared
// down the whole chain, makes a child of its own pages, gives it all that is left, and yields to it.  The timer ticks
// meanwhile: the root starts the outermost again, which passes it on, level by level, to the one that was interrupted.
#include <array>
#include <cstdint>
#include <span>

#include "libpip/cpp/image.h"
#include "nanny/builder.h"
#include "nanny/phases.h"
#include "pip/services.h"
#include "pip/stdio.h"
#include "pip/vidt.h"

namespace nanny {
namespace {

constexpr std::uint32_t kPage = 4096;
constexpr std::uint32_t kWords = kPage / 4;
constexpr std::uint32_t kRights = PIP_READ | PIP_WRITE | PIP_EXECUTE;
// Tables serve so many pages, or a multiple of that.
constexpr std::uint32_t kTableStep = 256;
constexpr std::uint32_t kCreated = 5;

// Slots of a level's VIDT: where it begins; where it goes on after a tick; one that is 0.
constexpr std::uint32_t kGo = 250;
constexpr std::uint32_t kResume = 251;
constexpr std::uint32_t kNothing = 252;

// Pages by number: so many from one address on, the rest from another.
struct Pool {
  std::uint32_t first = 0;
  std::uint32_t split = 0;
  std::uint32_t second = 0;

  std::uint32_t At(std::uint32_t i) const { return i < split ? first + i * kPage : second + (i - split) * kPage; }
};
// Of everybody but the root: below the image, whose table serves both, and above it.
constexpr Pool kLevelPool = {.first = 0x00400000, .split = 768, .second = 0x00800000};

// What a level knows; it lies at the beginning of its stack page.
struct Level {
  Pool pool;
  std::uint32_t pages = 0;  // of which number 0 is the report, the same for all
  std::uint32_t depth = 0;
  std::uint32_t child = 0;
  std::uint32_t image_begin = 0;
  std::uint32_t image_end = 0;
};
struct StackPage {
  Level level;
  user_ctx_t go;
  user_ctx_t stopped;
  user_ctx_t relay;
};
constexpr std::uint32_t kStackPage = PIP_VIDT_ADDRESS - kPage;
constexpr std::uint32_t kRelayStack = kStackPage + kPage / 2;

// In the report's page.
struct Report {
  std::uint32_t depth;       // of the innermost that ran
  std::uint32_t structures;  // pages that became the kernel's
};

// An address is all that a level has of a page.
template <typename T>
T* Object(std::uint32_t address) {
  return reinterpret_cast<T*>(static_cast<std::uintptr_t>(address));
}
std::uint32_t AddressOf(const void* pointer) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

Report* ReportOf(const Level& level) { return Object<Report>(level.pool.At(0)); }

// Tables for an address of the child; false if there are not pages enough beside the first ones, which are to stay.
bool PrepareFor(Level& level, std::uint32_t address, std::uint32_t stay = 1) {
  const std::uint32_t needed = pip_count_to_map(level.child, address).value;
  if (needed + stay > level.pages) {
    return false;
  }
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < needed; ++i) {
    const std::uint32_t page = level.pool.At(--level.pages);
    *Object<std::uint32_t>(page) = next;
    next = page;
  }
  if (pip_prepare(level.child, address, next).status != PIP_DONE) {
    return false;
  }
  ReportOf(level)->structures += needed;
  return true;
}

void RunLevel();
void Relay();

// Whoever is interrupted goes on, if he is the innermost; otherwise he passes it on.
void Relay() {
  (void)pip_yield(Object<StackPage>(kStackPage)->level.child, kResume, kNothing, 0, 0);
  __builtin_trap();
}

// A page for the child's VIDT or stack, all zeros.
std::uint32_t TakeCleared(Level& level) {
  const std::uint32_t page = level.pool.At(--level.pages);
  for (std::uint32_t i = 0; i < kWords; ++i) {
    Object<std::uint32_t>(page)[i] = 0;
  }
  return page;
}

// Makes the level's child, and gives it everything; false when memory does not suffice.
bool MakeChild(Level& level) {
  if (level.pages < kCreated + 3) {
    return false;
  }
  level.pages -= kCreated;
  const std::uint32_t n = level.pages;
  const Pool& pool = level.pool;
  if (pip_create_partition(pool.At(n), pool.At(n + 1), pool.At(n + 2), pool.At(n + 3), pool.At(n + 4)) != PIP_DONE) {
    return false;
  }
  ReportOf(level)->structures += kCreated;
  level.child = pool.At(n);
  const std::uint32_t vidt = TakeCleared(level);
  const std::uint32_t stack = TakeCleared(level);
  if (!PrepareFor(level, PIP_VIDT_ADDRESS) || !PrepareFor(level, kStackPage)) {
    return false;
  }
  for (std::uint32_t page = level.image_begin; page < level.image_end; page += kPage) {
    if (((page - level.image_begin) / kPage % kTableStep == 0 || page / kPage % kTableStep == 0) &&
        !PrepareFor(level, page)) {
      return false;
    }
    if (pip_add_vaddr(page, level.child, page, PIP_READ | PIP_EXECUTE) != PIP_DONE) {
      return false;
    }
  }
  std::uint32_t given = 0;
  for (; given < level.pages; ++given) {
    const std::uint32_t destination = kLevelPool.At(given);
    if (destination / kPage % kTableStep == 0 && !PrepareFor(level, destination, given + 1)) {
      break;  // the last few pages are not worth a table
    }
    if (given < level.pages && pip_add_vaddr(pool.At(given), level.child, destination, kRights) != PIP_DONE) {
      return false;
    }
  }
  auto* const page = Object<StackPage>(stack);
  page->level = {.pool = kLevelPool,
                 .pages = given,
                 .depth = level.depth + 1,
                 .child = 0,
                 .image_begin = level.image_begin,
                 .image_end = level.image_end};
  pip_context_initialise(&page->go, AddressOf(reinterpret_cast<const void*>(RunLevel)),
                         PIP_VIDT_ADDRESS - PIP_CALLED_STACK_OFFSET, 0);
  pip_context_initialise(&page->relay, AddressOf(reinterpret_cast<const void*>(Relay)),
                         kRelayStack - PIP_CALLED_STACK_OFFSET, 0);
  auto* const words = Object<std::uint32_t>(vidt);
  const auto in_child = [&](const user_ctx_t& context) { return kStackPage + (AddressOf(&context) - stack); };
  words[PIP_VECTOR_SAVE_MASKED] = in_child(page->stopped);
  words[PIP_VECTOR_SAVE_UNMASKED] = in_child(page->stopped);
  words[kGo] = in_child(page->go);
  words[kResume] = in_child(page->go);
  return pip_add_vaddr(vidt, level.child, PIP_VIDT_ADDRESS, kRights) == PIP_DONE &&
         pip_add_vaddr(stack, level.child, kStackPage, kRights) == PIP_DONE;
}

// The whole life of a level: a tick before the second line starts it anew, and nothing has happened.
void RunLevel() {
  auto* const page = Object<StackPage>(kStackPage);
  auto* const vidt = Object<volatile std::uint32_t>(PIP_VIDT_ADDRESS);  // the kernel reads it
  vidt[kResume] = AddressOf(&page->stopped);
  ReportOf(page->level)->depth = page->level.depth;
  if (MakeChild(page->level)) {
    vidt[kResume] = AddressOf(&page->relay);
    (void)pip_yield(page->level.child, kGo, kNothing, 0, 0);
  }
  __builtin_trap();
}

class Nesting {
 public:
  Nesting(World& world, std::uint32_t begin, std::uint32_t end) : world_(world), begin_(begin), end_(end) {}

  Report Run();

 private:
  std::uint32_t PatternOf(std::uint32_t page) const { return page ^ 0x5A5A0A5A; }
  bool IsAll(std::uint32_t page, std::uint32_t word) const {
    const std::span<const std::uint32_t> words(Object<std::uint32_t>(page), kWords);
    for (const std::uint32_t one : words) {
      if (one != word) {
        return false;
      }
    }
    return true;
  }
  void CheckContents(const Report& report);

  World& world_;
  std::uint32_t begin_;
  std::uint32_t end_;
};

// What was the kernel's is cleared; what nobody touched is as it was; the rest are VIDTs, stacks, the report, and the
// pages that the innermost had linked when memory was used up.
void Nesting::CheckContents(const Report& report) {
  constexpr std::uint32_t kLinked = 8;
  std::uint32_t cleared = 0;
  std::uint32_t touched = 0;
  for (std::uint32_t page = begin_; page != end_; page += kPage) {
    const pip_answer_t given = pip_mapped_in_child(page);
    if (given.status != PIP_DONE || given.value != 0) {
      world_.Fail("nesting: a page is still given");
    }
    if (IsAll(page, 0)) {
      ++cleared;
    } else if (!IsAll(page, PatternOf(page))) {
      ++touched;
    }
  }
  const std::uint32_t levels = report.depth + 1;
  // Hardly a page is left: each level may keep those for one table, the innermost those for a child.
  constexpr std::uint32_t kLeft = 32;
  if (report.structures + 2 * levels + levels / 4 + kLeft < (end_ - begin_) / kPage) {
    world_.Fail("nesting: it could go deeper");
  }
  if (cleared < report.structures || cleared > report.structures + 2 || touched > 2 * levels + 1 + kLinked) {
    printf("nanny: %u cleared, %u structures, %u touched\n", cleared, report.structures, touched);
    world_.Fail("nesting: pages hold something else than they should");
  }
}

Report Nesting::Run() {
  for (std::uint32_t page = begin_; page != end_; page += kPage) {
    for (std::uint32_t i = 0; i < kWords; ++i) {
      Object<std::uint32_t>(page)[i] = PatternOf(page);
    }
  }
  const auto image = pip::OwnImage();
  Level level{.pool = {.first = 0, .split = 0, .second = begin_},
              .pages = (end_ - begin_) / kPage,
              .depth = 0,
              .child = 0,
              .image_begin = AddressOf(image.data()) & ~(kPage - 1),
              .image_end = AddressOf(image.data() + image.size())};
  *ReportOf(level) = {};
  if (!MakeChild(level)) {
    world_.Fail("nesting: not even one child");
  }
  OwnResult result = CallAsRoot({Service::kYield, {level.child, kGo, AGENT_SLOT_NOTHING}}, BestEntry());
  std::uint32_t ticks = 0;
  for (; result.told && result.vector == PIP_VECTOR_TIMER; ++ticks) {
    result = CallAsRoot({Service::kYield, {level.child, kResume, AGENT_SLOT_NOTHING}}, BestEntry());
  }
  const Report report = *ReportOf(level);
  if (!result.told || result.vector != PIP_VECTOR_DOUBLE_FAULT || report.depth < 2) {
    printf("nanny: depth %u, told of %u\n", report.depth, result.vector);
    world_.Fail("nesting: the innermost did not end as it should");
  }
  if (pip_delete_partition(level.child) != PIP_DONE) {
    world_.Fail("nesting: the outermost cannot be deleted");
  }
  CheckContents(report);
  printf("nanny: %u partitions inside one another in %u pages, %u of them the kernel's, %u ticks; all back\n",
         report.depth, (end_ - begin_) / kPage, report.structures, ticks);
  return report;
}

}  // namespace

void TestDeepNesting(World& world, std::uint32_t begin, std::uint32_t end) {
  Nesting nesting(world, begin, end);
  const Report first = nesting.Run();
  const Report second = nesting.Run();
  if (first.depth != second.depth || first.structures != second.structures) {
    world.Fail("nesting: the second time it is another depth");
  }
}

}  // namespace nanny
