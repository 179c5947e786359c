// SPDX-License-Identifier: Apache-2.0
//
// The fake kernel (fake_kernel.h).
#include "libpip/test/fake_kernel.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace pip::test {
namespace {

FakeKernel* running = nullptr;

void* PointerTo(std::uint32_t page) { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(page)); }

std::uint32_t SlotOf(std::uint32_t va) { return va >> 22; }

bool IsUserAddress(std::uint32_t va) {
  return va % kPageSize == 0 && SlotOf(va) != 0 && (va < 0xD0000000u || SlotOf(va) == 1023);
}

}  // namespace

FakeKernel::FakeKernel(std::uint32_t pages) : memory_(pages) { running = this; }

FakeKernel::~FakeKernel() { running = nullptr; }

pip_status_t FakeKernel::Admit() {
  if (calls_until_refusal_ < 0) {
    return PIP_DONE;
  }
  --calls_until_refusal_;
  return calls_until_refusal_ < 0 ? refusal_ : PIP_DONE;
}

pip_status_t FakeKernel::Check(std::uint32_t child, std::uint32_t va) {
  if (children_.count(child) == 0) {
    return PIP_NOT_A_CHILD;
  }
  return IsUserAddress(va) ? PIP_DONE : PIP_BAD_ADDRESS;
}

pip_status_t FakeKernel::Offered(std::uint32_t page) const {
  if (page % kPageSize != 0) {
    return PIP_BAD_ADDRESS;
  }
  if (page < memory_.begin() || page >= memory_.end()) {
    return PIP_NOT_MAPPED;
  }
  return given_.count(page) != 0 ? PIP_ALREADY_GIVEN : PIP_DONE;
}

void FakeKernel::Hide(std::uint32_t page, std::uint32_t child) {
  given_[page] = child;
  hidden_.insert(page);
  if (mprotect(PointerTo(page), kPageSize, PROT_NONE) != 0) {
    std::abort();
  }
}

void FakeKernel::Show(std::uint32_t page) {
  given_.erase(page);
  if (hidden_.erase(page) != 0) {
    if (mprotect(PointerTo(page), kPageSize, PROT_READ | PROT_WRITE) != 0) {
      std::abort();
    }
    std::memset(PointerTo(page), 0, kPageSize);
  }
}

std::uint32_t FakeKernel::Needed(const FakeChild& child, std::uint32_t va) const {
  if (child.tables.count(SlotOf(va)) != 0) {
    return 0;
  }
  return extra_list_page_ ? 4 : 3;
}

pip_status_t FakeKernel::CreatePartition(const std::vector<std::uint32_t>& pages) {
  if (const pip_status_t status = Admit(); status != PIP_DONE) {
    return status;
  }
  for (const std::uint32_t page : pages) {
    if (const pip_status_t status = Offered(page); status != PIP_DONE) {
      return status;
    }
    if (std::count(pages.begin(), pages.end(), page) != 1) {
      return PIP_SAME_PAGE;
    }
  }
  for (const std::uint32_t page : pages) {
    Hide(page, pages[0]);
  }
  children_[pages[0]].kernel_pages = pages;
  return PIP_DONE;
}

pip_answer_t FakeKernel::CountToMap(std::uint32_t child, std::uint32_t va) {
  pip_status_t status = Admit();
  status = status == PIP_DONE ? Check(child, va) : status;
  return {status, status == PIP_DONE ? Needed(children_[child], va) : 0};
}

pip_answer_t FakeKernel::Prepare(std::uint32_t child, std::uint32_t va, std::uint32_t first) {
  pip_status_t status = Admit();
  status = status == PIP_DONE ? Check(child, va) : status;
  if (status != PIP_DONE) {
    return {status, first};
  }
  std::vector<std::uint32_t> pages;
  std::uint32_t next = first;
  for (std::uint32_t i = 0; i < Needed(children_[child], va); ++i) {
    status = Offered(next);
    if (status != PIP_DONE || std::count(pages.begin(), pages.end(), next) != 0) {
      return {status != PIP_DONE ? status : PIP_SAME_PAGE, first};
    }
    pages.push_back(next);
    next = WordAt(next);
  }
  for (const std::uint32_t page : pages) {
    Hide(page, child);
  }
  children_[child].tables[SlotOf(va)] = pages;
  return {PIP_DONE, next};
}

pip_status_t FakeKernel::AddVAddr(std::uint32_t source, std::uint32_t child, std::uint32_t destination,
                                  std::uint32_t rights) {
  pip_status_t status = Admit();
  status = status == PIP_DONE ? Check(child, destination) : status;
  status = status == PIP_DONE ? Offered(source) : status;
  if (status != PIP_DONE) {
    return status;
  }
  FakeChild& target = children_[child];
  if (Needed(target, destination) != 0) {
    return PIP_NO_TABLE;
  }
  if (target.mappings.count(destination) != 0) {
    return PIP_OCCUPIED;
  }
  if ((rights & PIP_READ) == 0) {
    return PIP_UNREADABLE;
  }
  target.mappings[destination] = {source, rights};
  given_[source] = child;
  return PIP_DONE;
}

pip_status_t FakeKernel::RemoveVAddr(std::uint32_t child, std::uint32_t va) {
  pip_status_t status = Admit();
  status = status == PIP_DONE ? Check(child, va) : status;
  if (status != PIP_DONE) {
    return status;
  }
  const auto mapping = children_[child].mappings.find(va);
  if (mapping == children_[child].mappings.end()) {
    return PIP_NOT_MAPPED;
  }
  Show(mapping->second.source);
  children_[child].mappings.erase(mapping);
  return PIP_DONE;
}

pip_answer_t FakeKernel::MappedInChild(std::uint32_t va) {
  const auto given = given_.find(va);
  return {PIP_DONE, given != given_.end() ? given->second : 0};
}

pip_status_t FakeKernel::DeletePartition(std::uint32_t child) {
  if (const pip_status_t status = Admit(); status != PIP_DONE) {
    return status;
  }
  if (children_.count(child) == 0) {
    return PIP_NOT_A_CHILD;
  }
  std::vector<std::uint32_t> pages;
  for (const auto& [page, owner] : given_) {
    if (owner == child) {
      pages.push_back(page);
    }
  }
  for (const std::uint32_t page : pages) {
    Show(page);
  }
  children_.erase(child);
  return PIP_DONE;
}

pip_answer_t FakeKernel::Collect(std::uint32_t child, std::uint32_t va) {
  pip_status_t status = Admit();
  status = status == PIP_DONE ? Check(child, va) : status;
  if (status != PIP_DONE) {
    return {status, 0};
  }
  FakeChild& target = children_[child];
  const auto tables = target.tables.find(SlotOf(va));
  if (tables == target.tables.end()) {
    return {PIP_NOTHING_TO_COLLECT, 0};
  }
  for (const auto& [address, mapping] : target.mappings) {
    if (SlotOf(address) == SlotOf(va)) {
      return {PIP_NOT_EMPTY, 0};
    }
  }
  std::uint32_t first = 0;
  for (const std::uint32_t page : tables->second) {
    Show(page);
    WordAt(page) = first;
    first = page;
  }
  target.tables.erase(tables);
  return {PIP_DONE, first};
}

}  // namespace pip::test

using pip::test::running;

pip_status_t pip_create_partition(uint32_t descriptor, uint32_t page_directory, uint32_t shadow1, uint32_t shadow2,
                                  uint32_t configuration_list) {
  return running->CreatePartition({descriptor, page_directory, shadow1, shadow2, configuration_list});
}
pip_answer_t pip_count_to_map(uint32_t child, uint32_t va) { return running->CountToMap(child, va); }
pip_answer_t pip_prepare(uint32_t child, uint32_t va, uint32_t first) { return running->Prepare(child, va, first); }
pip_status_t pip_add_vaddr(uint32_t source, uint32_t child, uint32_t destination, uint32_t rights) {
  return running->AddVAddr(source, child, destination, rights);
}
pip_status_t pip_remove_vaddr(uint32_t child, uint32_t va) { return running->RemoveVAddr(child, va); }
pip_answer_t pip_mapped_in_child(uint32_t va) { return running->MappedInChild(va); }
pip_status_t pip_delete_partition(uint32_t child) { return running->DeletePartition(child); }
pip_answer_t pip_collect(uint32_t child, uint32_t va) { return running->Collect(child, va); }

// No partition runs on the host: there is nobody to yield to, and no interrupt state.
pip_status_t pip_yield(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) { return PIP_TARGET_CONTEXT_UNAVAILABLE; }
pip_answer_t pip_get_int_state(uint32_t) { return {PIP_DONE, 0}; }
pip_status_t pip_set_int_state(uint32_t) { return PIP_DONE; }
