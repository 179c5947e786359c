// SPDX-License-Identifier: Apache-2.0
//
// Traces in the Common Trace Format 1.8 (https://diamon.org/ctf/), which babeltrace2 and Trace Compass open.
#ifndef PIP_TOOLS_TRACE_CTF_H_
#define PIP_TOOLS_TRACE_CTF_H_

#include <string>

#include "tools/trace/clock.h"
#include "tools/trace/kernel/events.h"
#include "tools/trace/trace.h"

namespace pip::trace {

// The two files of a trace: a folder with `metadata` and `stream` in it.
struct Ctf {
  std::string metadata;
  std::string stream;
};

// An event for each line of the scheduler's trace, with the task's name.
Ctf ToCtf(const Trace& trace, const TickClock& clock);

// An event for each call of the kernel.
Ctf ToCtf(const KernelTrace& trace);

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_CTF_H_
