// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/perfetto.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipcore/kernel/around/service.h"
#include "tools/trace/history.h"
#include "tools/trace/trace.h"

namespace pip::trace {
namespace {

using perfetto::TrackEvent;

// All packets are of one sequence, whose first says that nothing came before.
constexpr std::uint32_t kSequence = 1;
constexpr std::uint32_t kStateCleared = 1;

void Note(TrackEvent& event, const char* name, std::uint64_t value) {
  perfetto::DebugAnnotation& annotation = *event.add_debug_annotations();
  annotation.set_name(name);
  annotation.set_uint_value(value);
}

void NoteAddress(TrackEvent& event, const char* name, std::uint32_t value) {
  if (*name == '\0') return;
  perfetto::DebugAnnotation& annotation = *event.add_debug_annotations();
  annotation.set_name(name);
  annotation.set_pointer_value(value);
}

void NoteText(TrackEvent& event, const char* name, const std::string& text) {
  perfetto::DebugAnnotation& annotation = *event.add_debug_annotations();
  annotation.set_name(name);
  annotation.set_string_value(text);
}

}  // namespace

perfetto::TracePacket& Perfetto::NewPacket() {
  const bool is_first = file_.packet_size() == 0;
  perfetto::TracePacket& packet = *file_.add_packet();
  packet.set_trusted_packet_sequence_id(kSequence);
  if (is_first) packet.set_sequence_flags(kStateCleared);
  return packet;
}

std::uint64_t Perfetto::NewGroup(const std::string& name) {
  perfetto::TrackDescriptor& track = *NewPacket().mutable_track_descriptor();
  track.set_uuid(++tracks_);
  track.set_name(name);
  track.set_child_ordering(perfetto::TrackDescriptor::EXPLICIT);
  return tracks_;
}

std::uint64_t Perfetto::NewTrack(std::uint64_t group, const std::string& name) {
  perfetto::TrackDescriptor& track = *NewPacket().mutable_track_descriptor();
  track.set_uuid(++tracks_);
  track.set_name(name);
  track.set_parent_uuid(group);
  track.set_sibling_order_rank(static_cast<std::int32_t>(tracks_));
  return tracks_;
}

TrackEvent& Perfetto::NewEvent(std::uint64_t track, Type type, std::uint64_t time) {
  perfetto::TracePacket& packet = NewPacket();
  packet.set_timestamp(time);
  TrackEvent& event = *packet.mutable_track_event();
  event.set_type(type);
  event.set_track_uuid(track);
  return event;
}

TrackEvent& Perfetto::NewSlice(std::uint64_t track, const std::string& name, const char* category, std::uint64_t begin,
                               std::uint64_t end) {
  TrackEvent& event = NewEvent(track, TrackEvent::TYPE_SLICE_BEGIN, begin);
  event.set_name(name);
  event.add_categories(category);
  NewEvent(track, TrackEvent::TYPE_SLICE_END, end);
  return event;
}

TrackEvent& Perfetto::NewMark(std::uint64_t track, const std::string& name, const char* category, std::uint64_t time) {
  TrackEvent& event = NewEvent(track, TrackEvent::TYPE_INSTANT, time);
  event.set_name(name);
  event.add_categories(category);
  return event;
}

void Perfetto::Add(const Trace& trace, const History& history, const TickClock& clock) {
  const std::uint64_t group = NewGroup(fmt::format("workload {}", trace.name));
  std::vector<std::uint64_t> tracks;
  for (const TraceTask& task : trace.tasks) tracks.push_back(NewTrack(group, task.name));
  for (const Segment& segment : history.segments) {
    NewSlice(tracks[segment.task], fmt::format("{} #{}", trace.tasks[segment.task].name, segment.job), "run",
             clock.At(segment.begin), clock.At(segment.end));
  }
  const auto mark = [&](const char* name, const Job& job, std::uint64_t tick) {
    TrackEvent& event = NewMark(tracks[job.task], name, "job", clock.At(tick));
    Note(event, "job", job.number);
    Note(event, "deadline_ns", clock.At(job.deadline));
  };
  for (const Job& job : history.jobs) {
    mark("release", job, job.release);
    if (job.ending != Ending::kPending && job.ending != Ending::kDone) mark(EndingName(job.ending), job, job.ended);
  }
}

void Perfetto::Add(const KernelTrace& kernel) {
  const std::uint64_t group = NewGroup("kernel");
  const std::uint64_t kernel_track = NewTrack(group, "kernel");
  std::map<std::uint32_t, std::uint64_t> partitions;  // by the descriptors' frames
  std::uint64_t since = 0;                            // when the running partition was resumed
  for (const KernelEvent& event : kernel.events) {
    const std::uint64_t begin = event.begin - kernel.start;
    const std::uint64_t end = event.end - kernel.start;
    std::uint64_t& track = partitions[event.before];
    if (track == 0) {
      track = NewTrack(group, event.before == kernel.root ? "root partition"
                                                          : fmt::format("partition of frame {:#x}", event.before));
    }
    if (begin > since) NewSlice(track, "runs", "run", since, begin);
    const EventText& text = TextOf(event.service);
    TrackEvent& slice = NewSlice(kernel_track, text.name, "kernel", begin, end);
    NoteText(slice, "status", StatusText(event.status));
    NoteAddress(slice, text.first, event.first);
    NoteAddress(slice, text.second, event.second);
    NoteAddress(slice, "partition", event.before);
    if (event.service == Service::kDeliverFault || event.service == Service::kDeliverInterrupt) {
      NewMark(track, fmt::format("{} {}", text.name, event.first), "kernel", begin);
    }
    since = end;
  }
}

}  // namespace pip::trace
