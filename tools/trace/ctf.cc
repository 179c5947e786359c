// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/ctf.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pip::trace {
namespace {

constexpr std::uint32_t kMagic = 0xC1FC1FC1;  // CTF 1.8.3, section 5.1

// What every trace has: numbers, a clock of nanoseconds, packets and events.
constexpr std::string_view kHead = R"(/* CTF 1.8 */
typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
typealias integer { size = 32; align = 8; signed = false; base = 16; } := hex32_t;
typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
trace {
  major = 1; minor = 8; byte_order = le;
  packet.header := struct { uint32_t magic; uint32_t stream_id; };
};
env { domain = "pip"; tracer_name = "DOMAIN"; };
clock { name = machine; freq = 1000000000; offset = 0; };
typealias integer { size = 64; align = 8; signed = false; map = clock.machine.value; } := time_ns_t;
stream {
  id = 0;
  event.header := struct { uint32_t id; time_ns_t timestamp; };
};
)";

class Stream {
 public:
  Stream() {
    Word(kMagic);
    Word(0);
  }
  void Event(std::uint32_t id, std::uint64_t time) {
    Word(id);
    Long(time);
  }
  void Word(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(value >> shift & 0xFF);
  }
  void Long(std::uint64_t value) {
    Word(static_cast<std::uint32_t>(value));
    Word(static_cast<std::uint32_t>(value >> 32));
  }
  // Text ends in a zero, so a zero in it would.
  void Text(std::string_view text) {
    bytes_ += text.substr(0, text.find('\0'));
    bytes_ += '\0';
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

std::string Head(std::string_view domain) {
  std::string head(kHead);
  return head.replace(head.find("DOMAIN"), 6, domain);
}

std::string EventClass(std::size_t id, std::string_view name, std::string_view fields) {
  return fmt::format("event {{ id = {}; stream_id = 0; name = \"{}\"; fields := struct {{ {}}}; }};\n", id, name,
                     fields);
}

constexpr std::array<const char*, 8> kSchedulerEvents = {"release", "done", "exhausted", "crash",
                                                         "miss",    "skip", "run",       "idle"};

std::string Field(const char* name) { return *name == '\0' ? "" : fmt::format("hex32_t {}; ", name); }

}  // namespace

Ctf ToCtf(const Trace& trace, const TickClock& clock) {
  Ctf ctf{.metadata = Head("scheduler"), .stream = {}};
  for (std::size_t i = 0; i < kSchedulerEvents.size(); ++i) {
    const auto kind = static_cast<EventKind>(i);
    std::string fields = kind == EventKind::kIdle ? "" : "uint32_t task; string name; uint32_t job; ";
    if (kind == EventKind::kRelease) fields += "uint64_t deadline_tick; ";
    ctf.metadata += EventClass(i, kSchedulerEvents[i], "uint64_t tick; " + fields);
  }
  Stream stream;
  for (const Event& event : trace.events) {
    stream.Event(static_cast<std::uint32_t>(event.kind), clock.At(event.tick));
    stream.Long(event.tick);
    if (event.kind == EventKind::kIdle) continue;
    stream.Word(event.task);
    stream.Text(trace.tasks[event.task].name);
    stream.Word(event.job);
    if (event.kind == EventKind::kRelease) stream.Long(event.deadline);
  }
  ctf.stream = stream.Take();
  return ctf;
}

Ctf ToCtf(const KernelTrace& trace) {
  Ctf ctf{.metadata = Head("kernel"), .stream = {}};
  for (std::size_t i = 0; i < kServiceNames.size(); ++i) {
    const EventText& text = TextOf(static_cast<Service>(i));
    ctf.metadata += EventClass(i, text.name,
                               "uint64_t duration_ns; hex32_t before; hex32_t after; uint32_t status; string reason; " +
                                   Field(text.first) + Field(text.second));
  }
  Stream stream;
  for (const KernelEvent& event : trace.events) {
    const EventText& text = TextOf(event.service);
    stream.Event(static_cast<std::uint32_t>(event.service), event.begin - trace.start);
    stream.Long(event.end - event.begin);
    stream.Word(event.before);
    stream.Word(event.after);
    stream.Word(event.status);
    stream.Text(StatusText(event.status));
    if (*text.first != '\0') stream.Word(event.first);
    if (*text.second != '\0') stream.Word(event.second);
  }
  ctf.stream = stream.Take();
  return ctf;
}

}  // namespace pip::trace
