// SPDX-License-Identifier: Apache-2.0
//
// The tracing kernel: the kernel as it is, and functions around its services, which the linker puts in their place
// (--wrap).  Each call sends one record (record.h) to port 0xE9, in one instruction, and changes nothing else.
#include <cstdint>

#include "tools/trace/kernel/record.h"

extern "C" {
#include "pip/mal.h"

// NOLINTBEGIN(bugprone-reserved-identifier): the names that the linker's --wrap makes.
pip_status_t __real_createPartition(word_t a, word_t b, word_t c, word_t d, word_t e);
pip_answer_t __real_countToMap(word_t a, word_t b);
pip_answer_t __real_prepare(word_t a, word_t b, word_t c);
pip_status_t __real_addVAddr(word_t a, word_t b, word_t c, bool d, bool e, bool f);
pip_status_t __real_removeVAddr(word_t a, word_t b);
pip_answer_t __real_mappedInChild(word_t a);
pip_status_t __real_deletePartition(word_t a);
pip_answer_t __real_collect(word_t a, word_t b);
pip_status_t __real_yieldTo(word_t a, word_t b, word_t c, word_t d, word_t e);
pip_answer_t __real_getIntState(word_t a);
pip_status_t __real_setIntState(word_t a);
pip_answer_t __real_physicalAddress(word_t a);
pip_status_t __real_deliverInterrupt(word_t a);
pip_status_t __real_deliverFault(word_t a);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace pip::trace {
namespace {

constexpr std::uint16_t kDebugConsole = 0xE9;

bool has_begun = false;

std::uint64_t ReadTimeStamp() {
  std::uint64_t value;
  // Volatile: each reading is another one.
  asm volatile("rdtsc" : "=A"(value));
  return value;
}

void Send(const Record& record) {
  const std::uint32_t* words = record.data();
  std::uint32_t bytes = sizeof record;
  // Volatile: it acts on the machine; "memory", because it reads the record.
  asm volatile("rep outsb" : "+S"(words), "+c"(bytes) : "d"(kDebugConsole) : "memory");
}

constexpr std::uint32_t Head(Kind kind, std::uint32_t status) {
  return kRecordMark << 16 | static_cast<std::uint32_t>(kind) << 8 | status;
}

// A call of the kernel, from its beginning to its answer.
class Event {
 public:
  Event(Kind kind, std::uint32_t first, std::uint32_t second)
      : kind_(kind), first_(first), second_(second), before_(running_partition), begin_(ReadTimeStamp()) {
    if (!has_begun) {
      has_begun = true;
      Send({Head(Kind::kStart, 0), Low(begin_), High(begin_), 0, before_, before_, kTraceVersion, 0});
    }
  }

  pip_status_t End(pip_status_t status) const {
    const auto duration = static_cast<std::uint32_t>(ReadTimeStamp() - begin_);
    Send({Head(kind_, status), Low(begin_), High(begin_), duration, before_, running_partition, first_, second_});
    return status;
  }

  pip_answer_t End(pip_answer_t answer) const {
    (void)End(answer.status);
    return answer;
  }

 private:
  static std::uint32_t Low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
  static std::uint32_t High(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

  Kind kind_;
  std::uint32_t first_;
  std::uint32_t second_;
  std::uint32_t before_;
  std::uint64_t begin_;
};

}  // namespace
}  // namespace pip::trace

using pip::trace::Event;
using pip::trace::Kind;

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier)
pip_status_t __wrap_createPartition(word_t a, word_t b, word_t c, word_t d, word_t e) {
  const Event event(Kind::kCreatePartition, a, 0);
  return event.End(__real_createPartition(a, b, c, d, e));
}
pip_answer_t __wrap_countToMap(word_t a, word_t b) {
  const Event event(Kind::kCountToMap, a, b);
  return event.End(__real_countToMap(a, b));
}
pip_answer_t __wrap_prepare(word_t a, word_t b, word_t c) {
  const Event event(Kind::kPrepare, a, b);
  return event.End(__real_prepare(a, b, c));
}
pip_status_t __wrap_addVAddr(word_t a, word_t b, word_t c, bool d, bool e, bool f) {
  const Event event(Kind::kAddVAddr, b, c);
  return event.End(__real_addVAddr(a, b, c, d, e, f));
}
pip_status_t __wrap_removeVAddr(word_t a, word_t b) {
  const Event event(Kind::kRemoveVAddr, a, b);
  return event.End(__real_removeVAddr(a, b));
}
pip_answer_t __wrap_mappedInChild(word_t a) {
  const Event event(Kind::kMappedInChild, a, 0);
  return event.End(__real_mappedInChild(a));
}
pip_status_t __wrap_deletePartition(word_t a) {
  const Event event(Kind::kDeletePartition, a, 0);
  return event.End(__real_deletePartition(a));
}
pip_answer_t __wrap_collect(word_t a, word_t b) {
  const Event event(Kind::kCollect, a, b);
  return event.End(__real_collect(a, b));
}
pip_status_t __wrap_yieldTo(word_t a, word_t b, word_t c, word_t d, word_t e) {
  const Event event(Kind::kYield, a, b);
  return event.End(__real_yieldTo(a, b, c, d, e));
}
pip_answer_t __wrap_getIntState(word_t a) {
  const Event event(Kind::kGetIntState, a, 0);
  return event.End(__real_getIntState(a));
}
pip_status_t __wrap_setIntState(word_t a) {
  const Event event(Kind::kSetIntState, a, 0);
  return event.End(__real_setIntState(a));
}
pip_answer_t __wrap_physicalAddress(word_t a) {
  const Event event(Kind::kPhysicalAddress, a, 0);
  return event.End(__real_physicalAddress(a));
}
pip_status_t __wrap_deliverInterrupt(word_t a) {
  const Event event(Kind::kInterrupt, a, 0);
  return event.End(__real_deliverInterrupt(a));
}
pip_status_t __wrap_deliverFault(word_t a) {
  const Event event(Kind::kFault, a, 0);
  return event.End(__real_deliverFault(a));
}
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"
