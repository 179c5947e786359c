// SPDX-License-Identifier: Apache-2.0
//
// A stand-in for the kernel behind pip/services.h: one parent (the test) with pages in low memory and its children.
//
// It is strict where a partition can go wrong: a page that is given to the kernel really becomes inaccessible, so
// touching it ends the test.  The real services are tested elsewhere (pipcore/arch/host).
#ifndef LIBPIP_TEST_FAKE_KERNEL_H_
#define LIBPIP_TEST_FAKE_KERNEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "libpip/test/low_memory.h"
#include "pip/services.h"

namespace pip::test {

// A page that a child has.
struct FakeMapping {
  std::uint32_t source;
  std::uint32_t rights;
};

struct FakeChild {
  std::vector<std::uint32_t> kernel_pages;                     // descriptor and so on
  std::map<std::uint32_t, std::vector<std::uint32_t>> tables;  // by page directory slot: the pages of its tables
  std::map<std::uint32_t, FakeMapping> mappings;               // by address in the child
};

class FakeKernel {
 public:
  // While one exists, the services act on it.
  explicit FakeKernel(std::uint32_t pages);
  ~FakeKernel();
  FakeKernel(const FakeKernel&) = delete;
  FakeKernel& operator=(const FakeKernel&) = delete;

  const LowMemory& memory() const { return memory_; }
  const std::map<std::uint32_t, FakeChild>& children() const { return children_; }

  // The next calls succeed, the one after `calls` of them is refused with `status`.
  void RefuseAfter(int calls, pip_status_t status) {
    calls_until_refusal_ = calls;
    refusal_ = status;
  }

  // How pages are taken: from the front, the rest of the list is answered.
  void TakeExtraListPage() { extra_list_page_ = true; }

  pip_status_t CreatePartition(const std::vector<std::uint32_t>& pages);
  pip_answer_t CountToMap(std::uint32_t child, std::uint32_t va);
  pip_answer_t Prepare(std::uint32_t child, std::uint32_t va, std::uint32_t first);
  pip_status_t AddVAddr(std::uint32_t source, std::uint32_t child, std::uint32_t destination, std::uint32_t rights);
  pip_status_t RemoveVAddr(std::uint32_t child, std::uint32_t va);
  pip_answer_t MappedInChild(std::uint32_t va);
  pip_status_t DeletePartition(std::uint32_t child);
  pip_answer_t Collect(std::uint32_t child, std::uint32_t va);

 private:
  // PIP_DONE unless this call is the one to refuse.
  pip_status_t Admit();
  pip_status_t Check(std::uint32_t child, std::uint32_t va);
  // Whether a page is the parent's to give, and why not.
  pip_status_t Offered(std::uint32_t page) const;
  void Hide(std::uint32_t page, std::uint32_t child);
  void Show(std::uint32_t page);
  std::uint32_t Needed(const FakeChild& child, std::uint32_t va) const;

  LowMemory memory_;
  std::map<std::uint32_t, FakeChild> children_;
  std::map<std::uint32_t, std::uint32_t> given_;  // page of the parent: descriptor of the child that has it
  std::set<std::uint32_t> hidden_;
  bool extra_list_page_ = false;
  int calls_until_refusal_ = -1;
  pip_status_t refusal_ = PIP_DONE;
};

}  // namespace pip::test

#endif  // LIBPIP_TEST_FAKE_KERNEL_H_
