// SPDX-License-Identifier: Apache-2.0
//
// The tracing kernel: each call of a service sends one record (record.h), and changes nothing else.
#include <array>
#include <cstddef>
#include <cstdint>

#include "pipcore/kernel/around/around.h"
#include "pipcore/kernel/around/service.h"
#include "tools/trace/kernel/record.h"
#include "trace_machine.h"

namespace pip {
namespace trace {
namespace {

// The call that has begun.
constinit Record call{};
constinit std::uint64_t begin = 0;
constinit bool has_begun = false;

constexpr std::uint32_t Low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t High(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

// Which two of its arguments an event has: addVAddr's child and address stand behind the source.
constexpr std::size_t FirstArgument(Service service) { return service == Service::kAddVAddr ? 1 : 0; }

}  // namespace
}  // namespace trace

void BeforeService(Service service, const ServiceArguments& arguments) {
  using trace::call;
  const std::uint32_t running = running_partition;
  trace::begin = trace::ReadClock();
  call = {trace::HeadOf(trace::kStartKind, 0),
          trace::Low(trace::begin),
          trace::High(trace::begin),
          0,
          running,
          running,
          trace::kTraceVersion,
          0};
  if (!trace::has_begun) {
    trace::has_begun = true;
    trace::Send(call);
  }
  const std::size_t first = trace::FirstArgument(service);
  call[trace::kHead] = trace::HeadOf(static_cast<std::uint32_t>(service), 0);
  call[trace::kFirst] = arguments[first];
  call[trace::kSecond] = arguments[first + 1];
}

void AfterService(pip_answer_t answer) {
  using trace::call;
  call[trace::kHead] |= answer.status;
  call[trace::kDuration] = static_cast<std::uint32_t>(trace::ReadClock() - trace::begin);
  call[trace::kAfter] = running_partition;
  trace::Send(call);
}

}  // namespace pip
