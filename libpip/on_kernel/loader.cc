// SPDX-License-Identifier: Apache-2.0
//
// pip::ChildBuilder on the real kernel: the same child from an ELF file and from a flat image, faults of it, damaged
// files, and a pool that runs empty.  Modules: the ELF file, then the flat image.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/elf.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/vidt.h"
#include "libpip/on_kernel/loaded_child.h"
#include "libpip/on_kernel/machine.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"

namespace {

using loaded_child::Shared;
using loaded_child::Task;
using pip::ElfError;
using pip::Page;
using pip::Rights;
using pip::Status;

constexpr pip::AddressRange kPermitted = {.begin = PIP_USER_BEGIN, .end = PIP_USER_END};
constexpr std::uint32_t kNothingSaved = 62;
constexpr std::uint32_t kBootInformation = 0x00D00000;
constexpr std::uint32_t kNoFault = UINT32_MAX;
constexpr std::uint32_t kHandlers = 101;  // faults, and software interrupts up to 100

user_ctx_t main_context;
user_ctx_t timer_context;
std::array<user_ctx_t, kHandlers> fault_contexts;
alignas(16) std::array<std::byte, pip::kPageBytes> handler_stack;

pip::ChildBuilder* child;
// Set by a handler, which does not return here: volatile.
volatile std::uint32_t fault;

void Require(Status status, const char* what) {
  if (status != Status::kDone) {
    pip::exit_fail("loader: %s: %s", what, pip::to_string(status).data());
  }
}

void Check(bool condition, const char* what) {
  if (!condition) {
    pip::exit_fail("loader: %s", what);
  }
}

void OnTimer() { Require(child->ResumeInterrupted(kNothingSaved), "resume the child after a tick"); }

// The child faulted: note which fault, and let main go on, which waits in a yield.
void OnFault(std::uint32_t vector) {
  fault = vector;
  pip_context_resume(&main_context);
}

// A handler of its own for each vector, so that the vector is known.
template <std::uint32_t vector>
void Handler() {
  OnFault(vector);
}

template <std::uint32_t... vectors>
void SetFaultHandlers(std::integer_sequence<std::uint32_t, vectors...> /*0 .. kHandlers - 1*/) {
  pip::Vidt vidt = pip::Vidt::Own();
  (vidt.SetHandler(vectors, fault_contexts[vectors], Handler<vectors>, handler_stack), ...);
}

void SetHandlers() {
  SetFaultHandlers(std::make_integer_sequence<std::uint32_t, kHandlers>());
  pip::Vidt vidt = pip::Vidt::Own();
  vidt.SetHandler(PIP_VECTOR_TIMER, timer_context, OnTimer, handler_stack);
  vidt.Set(loaded_child::kParentContinues, main_context);
  vidt.Set(kNothingSaved, 0);
  vidt.Set(PIP_VECTOR_SAVE_MASKED, 0);
  vidt.Set(PIP_VECTOR_SAVE_UNMASKED, 0);
}

// Lets the child run until it yields or faults; the vector of the fault, or kNoFault.
std::uint32_t Run(std::uint32_t vector, volatile Shared& shared, Task task) {
  shared.task = task;
  fault = kNoFault;
  Require(child->Yield({.vector = vector, .save_slot = loaded_child::kParentContinues}), "yield to the child");
  return fault;
}

// Starts the child, checks what it reports, lets it run on, and makes it fault.
void Try(bool code_is_writable) {
  const pip::Result<Page> page = child->AddPage(Page::Containing(loaded_child::kSharedAddress), Rights::kReadWrite);
  Require(page.status(), "add the shared page");
  auto& shared = *reinterpret_cast<volatile Shared*>(page->address());
  Require(child->PrepareStart({.stack_pages = 2, .boot_information = kBootInformation}), "prepare the start");

  Check(Run(PIP_VECTOR_INITIAL, shared, Task::kReport) == kNoFault, "the child faulted at its start");
  Check(shared.initialised == loaded_child::kInitialised, "initialised data of the child");
  Check(shared.zero == 0, "zero-initialised data of the child");
  Check(shared.constant == loaded_child::kConstant, "constants of the child");
  Check(shared.boot_information == kBootInformation, "boot information of the child");
  for (std::uint32_t round = 2; round < 100; ++round) {
    Check(Run(loaded_child::kChildContinues, shared, Task::kReport) == kNoFault, "the child faulted");
    Check(shared.rounds == round, "rounds of the child");
  }
  Check(Run(loaded_child::kChildContinues, shared, Task::kServiceOfRoot) == kNoFault,
        "a service of the root faults in a child");
  struct {
    Task task;
    std::uint32_t fault;
    const char* what;
  } const kWrong[] = {
      {Task::kUnknownService, MACHINE_UNKNOWN_SERVICE_FAULT, "a service that does not exist"},
      {Task::kPrivilegedInstruction, MACHINE_FAULT_PRIVILEGED, "a privileged instruction"},
      {Task::kReadKernel, MACHINE_FAULT_MEMORY, "reading the kernel's memory"},
      {Task::kFaultByHand, MACHINE_FAULT_BY_HAND, "a fault by hand"},
  };
  for (const auto& wrong : kWrong) {
    const std::uint32_t found = Run(loaded_child::kChildContinues, shared, wrong.task);
    if (found != wrong.fault) {
      pip::exit_fail("loader: %s: fault %u, expected %u", wrong.what, found, wrong.fault);
    }
  }
  Check(Run(loaded_child::kChildContinues, shared, Task::kWriteToCode) ==
            (code_is_writable ? kNoFault : MACHINE_FAULT_MEMORY),
        "writing to the child's code");
}

std::span<const std::byte> Module(const pip_fpinfo& boot, std::uint32_t number) {
  Check(boot.module_count > number, "a module is missing");
  return {reinterpret_cast<const std::byte*>(boot.modules[number].begin),
          boot.modules[number].end - boot.modules[number].begin};
}

// A file that is cut anywhere in its headers is refused before anything is built.
void RefuseDamagedFiles(std::span<const std::byte> file) {
  for (std::size_t size = 0; size < 52 + 3 * 32; ++size) {
    Check(pip::ElfImage().Parse(file.first(size), kPermitted) != ElfError::kNone, "a cut ELF file was accepted");
  }
}

void LoadElf(std::span<const std::byte> file) {
  pip::ElfImage image;
  const ElfError error = image.Parse(file, kPermitted);
  if (error != ElfError::kNone) {
    pip::exit_fail("loader: the module: %s", pip::to_string(error).data());
  }
  Require(child->Create(), "create a child");
  Require(child->LoadElf(image), "load the ELF file");
  Try(/*code_is_writable=*/false);
  Require(child->Destroy(), "delete the child");
}

void LoadFlat(std::span<const std::byte> image) {
  Require(child->Create(), "create a child");
  Require(child->LoadFlat(image, Page::Containing(PIP_IMAGE_ADDRESS)), "load the flat image");
  Try(/*code_is_writable=*/true);
  Require(child->Destroy(), "delete the child");
}

// With every number of pages that is too small, building stops and all pages come back.
void RunOutOfPages(std::span<const std::byte> image) {
  std::uint32_t begin = 0;
  for (int i = 0; i < 64; ++i) {  // 64 pages in a row
    const std::uint32_t page = pip_page_pool_take(pip_page_pool_of_partition());
    Check(page != 0 && (begin == 0 || page == begin + static_cast<std::uint32_t>(i) * pip::kPageBytes),
          "64 pages in a row");
    begin = begin == 0 ? page : begin;
  }
  for (std::uint32_t pages = 0;; ++pages) {
    Check(pages <= 64, "64 pages are not enough");
    pip_page_pool_t pool;
    pip_page_pool_initialise(&pool, begin, begin + pages * pip::kPageBytes);
    pip::ChildBuilder small((pip::PageAllocator(pool)));
    Status status = small.Create();
    if (status == Status::kDone) {
      status = small.LoadFlat(image, Page::Containing(PIP_IMAGE_ADDRESS));
    }
    if (status == Status::kDone) {
      status = small.PrepareStart({});
    }
    Require(small.Destroy(), "delete a child for which pages were missing");
    Check(pool.available == pages, "not all pages came back");
    if (status == Status::kDone) {
      return;
    }
    Check(status == Status::kOutOfPages, "another refusal than too few pages");
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  const std::uint32_t pages = Pip_InitPaging(boot->membegin, boot->memend);
  SetHandlers();
  pip::PageAllocator allocator = pip::PageAllocator::OfPartition();
  {
    pip::ChildBuilder builder(allocator);
    child = &builder;
    RefuseDamagedFiles(Module(*boot, 0));
    for (int i = 0; i < 2; ++i) {
      LoadElf(Module(*boot, 0));
      LoadFlat(Module(*boot, 1));
    }
  }
  Check(allocator.available() == pages, "not all pages came back");
  RunOutOfPages(Module(*boot, 1));
  pip::exit_pass("loader: ELF and flat children loaded, run, and taken apart; all %u pages came back", pages);
}
