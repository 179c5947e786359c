// SPDX-License-Identifier: Apache-2.0
//
// The launcher: the smallest complete program on Pip.  It is the root partition, makes one child, runs it a thousand
// times, and takes everything back.  Read main at the end first, then the step that interests you.
//
// What you need to know:
// - The kernel has no memory of its own.  Whatever it needs for a child (a descriptor, page tables) is a page that the
//   parent gives.  Such a page vanishes from the parent's sight until it comes back.
// - The kernel has no scheduler.  A partition runs until it yields, faults, or an interrupt comes; interrupts go to the
//   root partition, that is, to us.
// - Every service can refuse, and says why.  A refused call has changed nothing.
//
// All of this is spelled out here with the plain services; pip::ChildBuilder (libpip/cpp/child_builder.h) does the same
// in a few calls.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "launcher/protocol.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
#include "pip/context.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "pip/wrappers.h"

namespace {

using pip::Page;
using pip::Rights;

constexpr std::uint32_t kRounds = 1000;

// The child's address space.  It has the shape of our own after boot: image at 7 MiB, stack and VIDT at the top.
constexpr Page kImage = Page::Containing(PIP_IMAGE_ADDRESS);
constexpr Page kShared = Page::Containing(launcher::kSharedAddress);
constexpr Page kStack = Page::Containing(PIP_STACK_PAGE_ADDRESS);
constexpr Page kVidt = Page::Containing(PIP_VIDT_ADDRESS);

// An entry of our VIDT that stays 0: what is saved there is forgotten.
constexpr std::uint32_t kNothingSaved = 62;

// A page that the child has at `destination` and we have at `source`.
struct Mapping {
  Page source;
  Page destination;
};

// What we gave to the child, so that we can take it back.
struct Child {
  std::array<std::optional<Page>, 5> kernel_pages;  // the first is its descriptor: its name in all services
  std::array<std::optional<Mapping>, 64> mappings;
  std::size_t mapping_count = 0;

  Page descriptor() const { return *kernel_pages[0]; }
};

Child child;

// Where our own registers go while the child runs.
user_ctx_t continue_here;
// How we start when the timer ticks while the child runs, or when the child faults.
user_ctx_t timer_context;
user_ctx_t fault_context;
alignas(16) std::array<std::byte, pip::kPageBytes> timer_stack;
alignas(16) std::array<std::byte, pip::kPageBytes> fault_stack;

// Ends the run unless a service was done.
void Require(pip::Status status, const char* what) {
  if (status != pip::Status::kDone) {
    pip::exit_fail("launcher: %s: %s", what, pip::to_string(status).data());
  }
}

void Require(pip_status_t status, const char* what) { Require(pip::ToStatus(status), what); }

pip_page_pool_t& Pool() { return *pip_page_pool_of_partition(); }

Page TakePage() {
  const std::optional<Page> page = pip::PageAllocator::OfPartition().Take();
  if (!page.has_value()) {
    pip::exit_fail("launcher: no page is left");
  }
  return *page;
}

void GivePage(Page page) {
  if (!pip::PageAllocator::OfPartition().Give(page)) {
    pip::exit_fail("launcher: page %#x came back twice", page.address());
  }
}

// Step 1.  Faults of the child and interrupts start us at a context named by our VIDT: faults by entries 0..31, the
// timer by entry 32.
void SetHandlers(void (*on_fault)(), void (*on_timer)()) {
  pip::Vidt vidt = pip::Vidt::Own();
  for (std::uint32_t fault = 0; fault < PIP_VECTOR_TIMER; ++fault) {
    vidt.SetHandler(fault, fault_context, on_fault, fault_stack);
  }
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, on_timer, timer_stack);
  vidt.Set(launcher::kLauncherContinues, continue_here);
  vidt.Set(kNothingSaved, 0);
}

[[noreturn]] void OnChildFault() { pip::exit_fail("launcher: the child faulted"); }

// The timer ticked while the child had the processor: the kernel saved the child's registers through the child's
// VIDT[48] and started us here.  Let the child go on where it was; this handler starts afresh at the next tick.
[[noreturn]] void OnTimer() {
  Require(pip::YieldToChild(child.descriptor(), {.vector = PIP_VECTOR_SAVE_MASKED, .save_slot = kNothingSaved}),
          "resume the child after a tick");
  pip::exit_fail("launcher: somebody resumed the timer's handler");
}

// Step 2.  Five pages become a partition without any memory: its descriptor, the roots of its page tables and of the
// two shadow trees in which the kernel notes who was given what, and a list of the pages that serve it as tables.
void CreateChild() {
  for (std::optional<Page>& page : child.kernel_pages) {
    page = TakePage();
  }
  const auto& pages = child.kernel_pages;
  Require(pip_create_partition(pages[0]->address(), pages[1]->address(), pages[2]->address(), pages[3]->address(),
                               pages[4]->address()),
          "createPartition");
}

// Step 3.  A page of zeros appears in the child at `destination`.  pip_map_page asks the kernel how many tables that
// address still lacks (countToMap), gives pages for them (prepare), then adds the page itself (addVAddr).  We keep our
// own access to the page; the result says where.
Page AddPage(Page destination, Rights rights) {
  if (child.mapping_count == child.mappings.size()) {
    pip::exit_fail("launcher: the child's image has more than %zu pages", child.mappings.size() - 3);
  }
  const Page page = TakePage();
  for (std::uint32_t& word : pip::Words(page)) {
    word = 0;
  }
  Require(pip_map_page(&Pool(), page.address(), child.descriptor().address(), destination.address(),
                       static_cast<std::uint32_t>(rights)),
          "map a page in the child");
  child.mappings[child.mapping_count] = Mapping{.source = page, .destination = destination};
  ++child.mapping_count;
  return page;
}

// The file that was booted behind us: the child's image.
std::span<const std::byte> ChildImage(const pip_fpinfo& boot) {
  if (boot.extension_version < 1 || boot.module_count < 1) {
    pip::exit_fail("launcher: no module: boot it with the child's image as second module");
  }
  const pip_module_t& module = boot.modules[0];
  // The kernel mapped the file there, read-only.
  return {reinterpret_cast<const std::byte*>(module.begin), module.end - module.begin};
}

void LoadImage(std::span<const std::byte> image) {
  Page destination = kImage;
  while (!image.empty()) {
    const Page page = AddPage(destination, Rights::kAll);
    const std::size_t count = image.size() < pip::kPageBytes ? image.size() : pip::kPageBytes;
    for (std::size_t i = 0; i < count; ++i) {
      pip::Bytes(page)[i] = image[i];
    }
    image = image.subspan(count);
    destination = destination + 1;
  }
}

// Step 4.  A stack, and a VIDT whose entry 0 names the context in which the child starts.  That context lies at the top
// of the stack page; below it one more, where the kernel saves the child's registers when an interrupt stops it.
void AddStackAndVidt() {
  constexpr std::uint32_t kStart = PIP_INITIAL_CONTEXT_ADDRESS;
  constexpr std::uint32_t kInterrupted = kStart - PIP_CONTEXT_BYTES;

  const Page stack = AddPage(kStack, Rights::kReadWrite);
  // The first context as we see it.
  auto* const start = reinterpret_cast<user_ctx_t*>(stack.address() + kStart % pip::kPageBytes);
  pip_context_initialise(start, PIP_IMAGE_ADDRESS, kInterrupted, 0);

  pip::Vidt vidt(AddPage(kVidt, Rights::kReadWrite));
  vidt.Set(PIP_VECTOR_INITIAL, kStart);
  vidt.Set(PIP_VECTOR_SAVE_MASKED, kInterrupted);
}

// Step 5.  Question and answer, many times.
void RunChild(Page shared_page) {
  // The child changes this page while we wait, so each access must really happen: volatile.
  auto* const shared = reinterpret_cast<volatile launcher::Shared*>(shared_page.address());
  std::uint32_t vector = PIP_VECTOR_INITIAL;
  for (std::uint32_t round = 1; round <= kRounds; ++round) {
    shared->question = round;
    // Our registers go to our context 60; the child continues with its context `vector`, and yields to our 60 in turn.
    Require(pip::YieldToChild(child.descriptor(), {.vector = vector, .save_slot = launcher::kLauncherContinues}),
            "yield to the child");
    vector = launcher::kChildContinues;
    if (shared->answer != launcher::Answer(round) || shared->rounds != round) {
      pip::exit_fail("launcher: round %u: the child answered %#x in its round %u, expected %#x", round, shared->answer,
                     shared->rounds, launcher::Answer(round));
    }
  }
}

// Step 6.  Every page that we mapped comes back, then the tables that have become empty, then the five kernel pages.
// deletePartition alone would do all this at once; but a parent that goes on using its child wants the single steps.
void TakeEverythingBack() {
  const Page descriptor = child.descriptor();
  for (std::size_t i = 0; i < child.mapping_count; ++i) {
    const Mapping& mapping = *child.mappings[i];
    Require(pip::RemovePage(descriptor, mapping.destination), "removeVAddr");
    GivePage(mapping.source);
  }
  for (const Page page : {kImage, kShared, kVidt}) {  // kStack has its table in common with kVidt
    Require(pip_collect_to_pool(&Pool(), descriptor.address(), page.address(), nullptr), "collect");
  }
  Require(pip::DeletePartition(descriptor), "deletePartition");
  for (const std::optional<Page>& page : child.kernel_pages) {
    GivePage(*page);
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  if (boot == nullptr || boot->magic != FPINFO_MAGIC) {
    pip::exit_fail("launcher: no boot information: it must be the root partition");
  }
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  printf("launcher: kernel %s, %u pages of free memory\n", boot->revision, pages);

  SetHandlers(OnChildFault, OnTimer);
  CreateChild();
  LoadImage(ChildImage(*boot));
  const Page shared = AddPage(kShared, Rights::kReadWrite);
  AddStackAndVidt();
  printf("launcher: the child has %zu pages and took %u more for the kernel\n", child.mapping_count,
         pages - Pool().available - static_cast<std::uint32_t>(child.mapping_count));

  RunChild(shared);
  TakeEverythingBack();
  if (Pool().available != pages) {
    pip::exit_fail("launcher: %u of %u pages came back", Pool().available, pages);
  }
  pip::exit_pass("launcher: %u round trips, and all %u pages came back", kRounds, pages);
}
