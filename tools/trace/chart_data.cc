// SPDX-License-Identifier: Apache-2.0
#include "tools/trace/chart_data.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/trace/history.h"
#include "tools/trace/trace.h"

namespace pip::trace {

using nlohmann::ordered_json;

std::string ToChartData(const Trace& trace, const History& history) {
  ordered_json data;
  data["name"] = trace.name;
  data["tick_us"] = trace.tick_us;
  data["ticks"] = trace.ticks;
  data["admission"] = trace.admission == Admission::kAccepted  ? "accepted"
                      : trace.admission == Admission::kRefused ? "refused"
                                                               : "undecided";
  data["verdict"] = Verdict(trace, history);
  data["tasks"] = ordered_json::array();
  for (std::size_t i = 0; i < trace.tasks.size(); ++i) {
    const TaskSummary& summary = history.tasks[i];
    data["tasks"].push_back({{"name", trace.tasks[i].name},
                             {"kind", trace.tasks[i].kind},
                             {"period", trace.tasks[i].period},
                             {"deadline", trace.tasks[i].deadline},
                             {"budget", trace.tasks[i].budget},
                             {"releases", summary.releases},
                             {"completions", summary.completions},
                             {"worst_response", summary.worst_response},
                             {"misses", summary.misses},
                             {"overruns", summary.overruns},
                             {"crashes", summary.crashes}});
  }
  data["segments"] = ordered_json::array();
  for (const Segment& segment : history.segments) {
    data["segments"].push_back({segment.task, segment.job, segment.begin, segment.end});
  }
  data["jobs"] = ordered_json::array();
  for (const Job& job : history.jobs) {
    data["jobs"].push_back({job.task, job.number, job.release, job.deadline, EndingName(job.ending), job.ended});
  }
  return data.dump() + "\n";
}

}  // namespace pip::trace
