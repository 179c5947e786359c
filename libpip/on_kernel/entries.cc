// SPDX-License-Identifier: Apache-2.0
//
// libpip's ways into the kernel, with sound and hostile arguments.  On x86 there are two: a call gate says only yes or
// no; SYSENTER also says why, and the reason must be the right one.  ARMv7 has one, which says why; its old one is for
// partitions that bring their own (nanny tests it).
#include <array>
#include <cstddef>
#include <cstdint>

#include "libpip/cpp/machine.h"
#include "libpip/cpp/page.h"
#include "libpip/on_kernel/entries_machine.h"
#include "libpip/on_kernel/machine.h"
#include "pip/api.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "pip/services.h"
#include "pip/vidt.h"
#include "pip/wrappers.h"

namespace {

using entries::CallUnknownService;
using entries::EntryName;
using entries::HasAllEntries;
using entries::kUnknownServices;
using entries::RunMachineCases;
using entries::TakeEntry;

constexpr std::uint32_t kVidtSlotUnreadable = 100;  // our VIDT names a context there that nobody can write
constexpr std::uint32_t kDevice = MACHINE_DEVICE_ADDRESS;
constexpr std::uint32_t kKernelAddress = MACHINE_KERNEL_ADDRESS;
constexpr std::uint32_t kWindowAddress = MACHINE_WINDOW_ADDRESS;
constexpr std::uint32_t kTarget = 0x900000;
constexpr std::uint32_t kOtherTarget = 0xA00000;

// Values for TakeEntry.
constexpr std::array<std::uint8_t, 2> kFastThenGate = {1, 0};
constexpr std::array<std::uint8_t, 2> kGateThenFast = {0, 1};

std::uint32_t checks;

std::uint32_t TakePage() {
  void* const page = Pip_AllocPage();
  if (page == nullptr) {
    pip::exit_fail("entries: no page is left");
  }
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(page));
}

// One call, through both entries; a refused one, since the second must find what the first found.
template <typename Call>
void ExpectRefused(const char* what, pip_status_t expected, Call call) {
  TakeEntry(1);
  const pip_status_t fast = call();
  if (fast != expected) {
    pip::exit_fail("entries: %s: %s; expected: %s", what, pip_status_text(fast), pip_status_text(expected));
  }
  TakeEntry(0);
  const pip_status_t gate = call();
  if (gate != PIP_REFUSED && gate != expected) {  // yield has its reason even at the gate
    pip::exit_fail("entries: %s: the gate says: %s", what, pip_status_text(gate));
  }
  ++checks;
}

template <typename Call>
void ExpectDone(const char* what, Call call) {
  const pip_status_t status = call();
  if (status != PIP_DONE) {
    pip::exit_fail("entries: %s through %s: %s", what, EntryName(), pip_status_text(status));
  }
  ++checks;
}

void ExpectValue(const char* what, pip_answer_t answer, std::uint32_t expected) {
  if (answer.status != PIP_DONE || answer.value != expected) {
    pip::exit_fail("entries: %s: %#x (%s), expected %#x", what, answer.value, pip_status_text(answer.status), expected);
  }
  ++checks;
}

void ExpectWord(const char* what, std::uint32_t found, std::uint32_t expected) {
  ExpectValue(what, {PIP_DONE, found}, expected);
}

using Pages = std::array<std::uint32_t, 5>;

Pages TakeFive() {
  Pages pages{};
  for (std::uint32_t& page : pages) {
    page = TakePage();
  }
  return pages;
}

pip_status_t Create(const Pages& pages) {
  return pip_create_partition(pages[0], pages[1], pages[2], pages[3], pages[4]);
}

// Each of the five pages in turn is one that cannot be given.
void CreateWithBadPages(const Pages& pages) {
  for (std::size_t position = 0; position < pages.size(); ++position) {
    const auto with = [&pages, position](std::uint32_t page) {
      return [&pages, position, page] {
        Pages changed = pages;
        changed[position] = page;
        return Create(changed);
      };
    };
    ExpectRefused("createPartition, unaligned page", PIP_BAD_ADDRESS, with(pages[position] + 4));
    ExpectRefused("createPartition, the kernel's page", PIP_BAD_ADDRESS, with(kKernelAddress));
    ExpectRefused("createPartition, a page of the window", PIP_BAD_ADDRESS, with(kWindowAddress));
    ExpectRefused("createPartition, page 0", position == 0 ? PIP_BAD_ADDRESS : MACHINE_PAGE_ZERO, with(0));
    ExpectRefused("createPartition, nothing mapped", PIP_NOT_MAPPED, with(MACHINE_UNMAPPED_ADDRESS));
    ExpectRefused("createPartition, a device", PIP_NOT_ORDINARY_MEMORY, with(kDevice));
    ExpectRefused("createPartition, the same page twice", PIP_SAME_PAGE, with(pages[(position + 1) % 5]));
  }
}

// A list of three pages for prepare.
std::uint32_t ListOf(const std::array<std::uint32_t, 3>& pages) {
  for (std::size_t i = 0; i < pages.size(); ++i) {
    pip::Words(pip::Page::Containing(pages[i]))[0] = i + 1 < pages.size() ? pages[i + 1] : 0;
  }
  return pages[0];
}

void PrepareAndCollect(std::uint32_t child, const std::array<std::uint32_t, 3>& pages) {
  ExpectRefused("prepare, no child", PIP_NOT_A_CHILD, [&] { return pip_prepare(kTarget, kTarget, 0).status; });
  ExpectRefused("prepare, the kernel's address", PIP_BAD_ADDRESS,
                [&] { return pip_prepare(child, kKernelAddress, ListOf(pages)).status; });
  ExpectRefused("prepare, unaligned address", PIP_BAD_ADDRESS,
                [&] { return pip_prepare(child, kTarget + 1, ListOf(pages)).status; });
  ExpectRefused("prepare, no list", MACHINE_PAGE_ZERO, [&] { return pip_prepare(child, kTarget, 0).status; });
  ExpectRefused("prepare, a list that ends early", MACHINE_PAGE_ZERO, [&] {
    const std::uint32_t first = ListOf(pages);
    pip::Words(pip::Page::Containing(pages[1]))[0] = 0;
    return pip_prepare(child, kTarget, first).status;
  });
  ExpectRefused("prepare, a list in a circle", PIP_SAME_PAGE, [&] {
    const std::uint32_t first = ListOf(pages);
    pip::Words(pip::Page::Containing(pages[0]))[0] = first;
    return pip_prepare(child, kTarget, first).status;
  });
  ExpectRefused("collect, nothing there", PIP_NOTHING_TO_COLLECT, [&] { return pip_collect(child, kTarget).status; });

  for (const std::uint8_t fast : kFastThenGate) {
    TakeEntry(fast);
    ExpectValue("countToMap", pip_count_to_map(child, kTarget), 3);
    ExpectValue("prepare", pip_prepare(child, kTarget, ListOf(pages)), 0);
    ExpectValue("countToMap, prepared", pip_count_to_map(child, kTarget), 0);
    ExpectValue("mappedInChild of a table", pip_mapped_in_child(pages[0]), child);
    ExpectRefused("prepare with a table of the child", PIP_NOT_ACCESSIBLE,
                  [&] { return pip_prepare(child, kTarget + 0x400000, pages[0]).status; });
    TakeEntry(fast);
    ExpectDone("collect", [&] { return pip_collect(child, kTarget).status; });
    ExpectValue("mappedInChild of a page that came back", pip_mapped_in_child(pages[0]), 0);
  }
  TakeEntry(1);
  ExpectValue("prepare", pip_prepare(child, kTarget, ListOf(pages)), 0);
}

void AddAndRemove(std::uint32_t child, std::uint32_t page) {
  const auto add = [](std::uint32_t source, std::uint32_t to, std::uint32_t destination, std::uint32_t rights) {
    return [=] { return pip_add_vaddr(source, to, destination, rights); };
  };
  ExpectRefused("addVAddr, no child", PIP_NOT_A_CHILD, add(page, page, kTarget, 3));
  ExpectRefused("addVAddr, unaligned source", PIP_BAD_ADDRESS, add(page + 1, child, kTarget, 3));
  ExpectRefused("addVAddr, unaligned destination", PIP_BAD_ADDRESS, add(page, child, kTarget + 4, 3));
  ExpectRefused("addVAddr, to the kernel's addresses", PIP_BAD_ADDRESS, add(page, child, kKernelAddress, 3));
  ExpectRefused("addVAddr, to the window", PIP_BAD_ADDRESS, add(page, child, kWindowAddress, 3));
  ExpectRefused("addVAddr, from the kernel's addresses", PIP_BAD_ADDRESS, add(kKernelAddress, child, kTarget, 3));
  ExpectRefused("addVAddr, no table", PIP_NO_TABLE, add(page, child, kTarget + 0x400000, 3));
  ExpectRefused("addVAddr, not readable", PIP_UNREADABLE, add(page, child, kTarget, 2));
  ExpectRefused("addVAddr, no right at all", PIP_UNREADABLE, add(page, child, kTarget, 0));
  ExpectRefused("addVAddr, the child's own descriptor", PIP_NOT_ACCESSIBLE, add(child, child, kTarget, 3));
  ExpectRefused("removeVAddr, nothing there", PIP_NOT_MAPPED, [&] { return pip_remove_vaddr(child, kTarget); });
  for (const std::uint8_t fast : kFastThenGate) {
    TakeEntry(fast);
    ExpectDone("addVAddr", add(page, child, kTarget, 3));
    ExpectValue("mappedInChild", pip_mapped_in_child(page), child);
    ExpectRefused("addVAddr, given already", PIP_ALREADY_GIVEN, add(page, child, kOtherTarget, 3));
    ExpectRefused("collect, in use", PIP_NOT_EMPTY, [&] { return pip_collect(child, kTarget).status; });
    TakeEntry(fast);
    ExpectDone("removeVAddr", [&] { return pip_remove_vaddr(child, kTarget); });
  }
}

void YieldRefusals(std::uint32_t child) {
  pip::Words(pip::Page::Containing(PIP_VIDT_ADDRESS))[kVidtSlotUnreadable] = kKernelAddress;
  const auto yield = [](std::uint32_t to, std::uint32_t vector, std::uint32_t slot) {
    return [=] { return pip_yield(to, vector, slot, 0, 0); };
  };
  for (const std::uint32_t bad : {1023U, 1024U, 0xFFFFU, 0x10000U, 0x80000000U, 0xFFFFFFFFU}) {
    ExpectRefused("yield, invalid vector", PIP_INVALID_VECTOR, yield(child, bad, 0));
    ExpectRefused("yield, invalid vector before invalid slot", PIP_INVALID_VECTOR, yield(0, bad, bad));
    ExpectRefused("yield, invalid slot", PIP_INVALID_SAVE_SLOT, yield(child, 0, bad));
  }
  ExpectRefused("yield of the root to its parent", PIP_ROOT_HAS_NO_PARENT, yield(0, 0, 0));
  for (const std::uint32_t bad : {child + 4, child + pip::kPageBytes, kKernelAddress, 0xFFFFF000U, kDevice}) {
    ExpectRefused("yield, not a child", PIP_NOT_A_CHILD, yield(bad, 0, 0));
  }
  ExpectRefused("yield, the child has no VIDT", PIP_TARGET_VIDT_UNAVAILABLE, yield(child, 0, kVidtSlotUnreadable));
}

// The child gets a VIDT: now the contexts are what is missing.
void YieldRefusalsWithVidt(std::uint32_t child) {
  const auto vidt = pip::Page::Containing(TakePage());
  for (std::uint32_t& word : pip::Words(vidt)) {
    word = 0;
  }
  if (Pip_MapPageWrapper(vidt.address(), child, PIP_VIDT_ADDRESS) != SUCCESS) {
    pip::exit_fail("entries: the child gets no VIDT");
  }
  const auto yield = [child](std::uint32_t slot) { return [=] { return pip_yield(child, 0, slot, 0, 0); }; };
  for (const std::uint32_t bad : {0U, kKernelAddress, kWindowAddress, kTarget, 0xFFFFFFFFU, 0xFFFFFFC1U}) {
    pip::Words(vidt)[0] = bad;
    ExpectRefused("yield, no context", PIP_TARGET_CONTEXT_UNAVAILABLE, yield(kVidtSlotUnreadable));
  }
  pip::Words(vidt)[0] = PIP_VIDT_ADDRESS;  // readable, so as good a context as any
  ExpectRefused("yield, nowhere to save", PIP_CALLER_CONTEXT_UNAVAILABLE, yield(kVidtSlotUnreadable));
}

void States(std::uint32_t child) {
  ExpectRefused("getIntState, no child", PIP_NOT_A_CHILD, [] { return pip_get_int_state(kTarget).status; });
  for (const std::uint8_t fast : kFastThenGate) {
    TakeEntry(fast);
    ExpectValue("getIntState", pip_get_int_state(child), 0);
    ExpectDone("setIntState", [] { return pip_set_int_state(0); });
    ExpectValue("mappedInChild, the kernel's address", {PIP_DONE, Pip_MappedInChild(kKernelAddress)}, 0);
    ExpectValue("mappedInChild, unaligned", {PIP_DONE, Pip_MappedInChild(child + 1)}, 0);
  }
}

// Numbers that are no service are refused.
void UnknownServices() {
  for (const std::uint32_t number : kUnknownServices) {
    const pip_answer_t answer = CallUnknownService(number);
    if (answer.status != PIP_NO_SUCH_SERVICE) {
      pip::exit_fail("entries: service %u: %s", number, pip_status_text(answer.status));
    }
    ++checks;
  }
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  if (!HasAllEntries()) {
    pip::exit_fail("entries: this processor has not all entries to compare");
  }
  const Pages pages = TakeFive();
  const std::array<std::uint32_t, 3> tables = {TakePage(), TakePage(), TakePage()};
  CreateWithBadPages(pages);
  ExpectRefused("deletePartition, no child", PIP_NOT_A_CHILD, [&] { return pip_delete_partition(pages[0]); });
  for (const std::uint8_t fast : kGateThenFast) {
    TakeEntry(fast);
    ExpectDone("createPartition", [&] { return Create(pages); });
    ExpectRefused("createPartition, the child's own pages", PIP_NOT_ACCESSIBLE, [&] { return Create(pages); });
    PrepareAndCollect(pages[0], tables);
    AddAndRemove(pages[0], TakePage());
    YieldRefusals(pages[0]);
    YieldRefusalsWithVidt(pages[0]);
    States(pages[0]);
    TakeEntry(fast);
    ExpectDone("deletePartition", [&] { return pip_delete_partition(pages[0]); });
    ExpectRefused("deletePartition twice", PIP_NOT_A_CHILD, [&] { return pip_delete_partition(pages[0]); });
  }
  TakeEntry(1);
  RunMachineCases(TakePage(), ExpectWord);
  UnknownServices();
  pip::exit_pass("entries: %u calls answered as they should be", checks);
}
