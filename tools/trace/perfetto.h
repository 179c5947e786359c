// SPDX-License-Identifier: Apache-2.0
//
// Traces for Perfetto (https://ui.perfetto.dev), as TrackEvents in protocol buffers.
#ifndef PIP_TOOLS_TRACE_PERFETTO_H_
#define PIP_TOOLS_TRACE_PERFETTO_H_

#include <cstdint>
#include <string>

#include "tools/trace/clock.h"
#include "tools/trace/history.h"
#include "tools/trace/kernel/events.h"
#include "tools/trace/trace.h"
#include "tools/trace/track_event.pb.h"

namespace pip::trace {

// One file. Times are nanoseconds; events of a track are in order.
class Perfetto {
 public:
  // A track for each task with the times that it had the processor, and marks for releases, misses, overruns and
  // crashes.
  void Add(const Trace& trace, const History& history, const TickClock& clock);

  // A track for each partition with the times that it ran, marks where it was interrupted or faulted, and a track of
  // the kernel with each call and its status.
  void Add(const KernelTrace& kernel);

  // The bytes of the file.
  std::string ToString() const { return file_.SerializeAsString(); }

 private:
  using Type = perfetto::TrackEvent::Type;

  perfetto::TracePacket& NewPacket();
  // A track that stands above others, or one of these; its number.
  std::uint64_t NewGroup(const std::string& name);
  std::uint64_t NewTrack(std::uint64_t group, const std::string& name);
  perfetto::TrackEvent& NewEvent(std::uint64_t track, Type type, std::uint64_t time);
  // With both of its events; the first is returned.
  perfetto::TrackEvent& NewSlice(std::uint64_t track, const std::string& name, const char* category,
                                 std::uint64_t begin, std::uint64_t end);
  perfetto::TrackEvent& NewMark(std::uint64_t track, const std::string& name, const char* category, std::uint64_t time);

  perfetto::Trace file_;
  std::uint64_t tracks_ = 0;
};

}  // namespace pip::trace

#endif  // PIP_TOOLS_TRACE_PERFETTO_H_
