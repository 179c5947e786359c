// SPDX-License-Identifier: Apache-2.0
//
// What a kernel trace says: every call of the kernel, in order.
#ifndef PIP_TOOLS_TRACE_KERNEL_EVENTS_H_
#define PIP_TOOLS_TRACE_KERNEL_EVENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipcore/kernel/around/service.h"
#include "tools/workload/complaint.h"

namespace pip::trace {

// Times are nanoseconds of the machine's clock.
struct KernelEvent {
  Service service = Service::kYieldTo;
  std::uint32_t status = 0;  // pip_status_t
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint32_t before = 0;  // the partitions that run before and after, by their descriptors' frames
  std::uint32_t after = 0;
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

struct KernelTrace {
  std::uint32_t root = 0;
  std::uint64_t start = 0;
  std::vector<KernelEvent> events;
};

// What an event is called, and its arguments; an empty name: there is none.
struct EventText {
  const char* name;
  const char* first;
  const char* second;
};
const EventText& TextOf(Service service);

// The sentence for a status.
const char* StatusText(std::uint32_t status);

// What a machine sent until it stopped, and the record that says that this was all. A machine that was stopped from
// outside may have been in the midst of a record, which is dropped.
std::string Seal(std::string_view bytes);

// Nothing, and one complaint that names the record (as a line, counted from 1), when the bytes are no kernel trace: not
// whole records, no end, an unknown kind or status, time that runs backwards, a partition that runs without having been
// resumed.
std::optional<KernelTrace> ReadKernelTrace(std::string_view bytes, workload::Complaints& complaints);

// One line for each event.
std::string ToText(const KernelTrace& trace);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_KERNEL_EVENTS_H_
