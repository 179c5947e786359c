// SPDX-License-Identifier: Apache-2.0
//
// Traces that are malformed are refused with a line; traces that break a promise are told so.
#include "tools/trace/history.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>

#include "tools/trace/chart_data.h"
#include "tools/trace/clock.h"
#include "tools/trace/perfetto.h"
#include "tools/trace/trace.h"
#include "tools/trace/track_event.pb.h"
#include "tools/workload/complaint.h"

namespace pip::trace {
namespace {

const std::string kHead =
    "kernel: hello\r\n"
    "@ trace 1 tick_us 1000 ticks 10 tasks 2 name t\r\n"
    "@ task 0 periodic period 5 deadline 5 budget 2 name a\r\n"
    "@ task 1 single period 0 deadline 10 budget 3 name b\r\n"
    "@ admission accepted\r\n";
const std::string kBegin = kHead + "@ 0 release 0 0 5\n@ 0 release 1 0 10\n@ 0 run 0 0\n";
const std::string kGood = kBegin +
                          "@ 1 done 0 0\n@ 1 run 1 0\n@ 4 exhausted 1 0\n@ 4 idle\n@ 5 release 0 1 10\n@ 5 run 0 1\n"
                          "@ 6 crash 0 1\n@ 6 idle\n@ 10 end\n";

std::string Refusal(const std::string& text) {
  workload::Complaints complaints;
  return ReadTrace(text, complaints) ? "" : complaints.front().ToString("f");
}

// What contradicts the promises in a trace that can be read.
std::string Contradictions(const std::string& text) {
  workload::Complaints complaints;
  const std::optional<Trace> trace = ReadTrace(text, complaints);
  EXPECT_TRUE(trace) << complaints.front().ToString("f");
  if (!trace) return "";
  Follow(*trace, complaints);
  std::string all;
  for (const workload::Complaint& complaint : complaints) all += complaint.what + "\n";
  return all;
}

TEST(Trace, IsRead) {
  workload::Complaints complaints;
  const std::optional<Trace> trace = ReadTrace(kGood, complaints);
  ASSERT_TRUE(trace) << complaints.front().ToString("f");
  EXPECT_TRUE(trace->complete);
  const History history = Follow(*trace, complaints);
  EXPECT_TRUE(complaints.empty()) << complaints.front().ToString("f");
  EXPECT_TRUE(history.KeptPromise(*trace));
  EXPECT_EQ(history.tasks[0].completions, 1u);
  EXPECT_EQ(history.tasks[0].crashes, 1u);
  EXPECT_EQ(history.tasks[0].worst_response, 1u);
  EXPECT_EQ(history.tasks[1].overruns, 1u);
  EXPECT_EQ(history.segments.size(), 3u);
  EXPECT_NE(Verdict(*trace, history).find("misses: 0\nPASS t: "), std::string::npos);
}

TEST(Trace, IsRefusedWithItsLine) {
  EXPECT_EQ(Refusal(""), "f:1:1: there is no trace in the file; expected a line that begins with \"@ trace\"");
  EXPECT_NE(Refusal("@ task 0").find("f:1:3: \"task\"; expected \"trace\" first"), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 3 run 2 0\n").find("f:6:9: \"2\"; expected a number from 0 to 1"), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 11 idle\n").find("at most 10"), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 3 idle\n@ 2 idle\n").find("tick 2 after tick 3"), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 3 idle now\n").find("there is more on the line"), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 3 dance 0 0\n").find("\"dance\""), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 9 end\n").find("the end is early"), std::string::npos);
  EXPECT_NE(Refusal(kGood + "@ 10 idle\n").find("after the end"), std::string::npos);
  EXPECT_NE(Refusal(kHead + "@ 99999999999999999999 idle\n").find("expected the number of a tick"), std::string::npos);
  EXPECT_NE(Refusal("@ trace 1 tick_us 1000 ticks 10 tasks 99999 name t\n").find("1 to 10000"), std::string::npos);
}

TEST(Trace, BrokenPromisesAreFound) {
  EXPECT_EQ(Contradictions(kGood), "");
  EXPECT_NE(Contradictions(kHead + "@ 0 release 0 0 5\n@ 0 release 1 0 10\n@ 0 run 1 0\n").find("a #0 goes before it"),
            std::string::npos);
  EXPECT_NE(Contradictions(kBegin + "@ 3 done 0 0\n@ 3 run 1 0\n").find("3 ticks with a budget of 2"),
            std::string::npos);
  EXPECT_NE(Contradictions(kHead + "@ 0 release 0 0 5\n@ 0 idle\n").find("nothing runs, but a #0 waits"),
            std::string::npos);
  EXPECT_NE(Contradictions(kHead + "@ 0 release 0 0 4\n").find("another deadline than its task"), std::string::npos);
  EXPECT_NE(Contradictions(kBegin + "@ 1 miss 1 0\n").find("a deadline that is still to come"), std::string::npos);
  EXPECT_NE(Contradictions(kBegin + "@ 1 exhausted 0 0\n").find("out of budget early"), std::string::npos);
  EXPECT_NE(Contradictions(kBegin + "@ 1 done 1 0\n").find("ended without running"), std::string::npos);
  EXPECT_NE(Contradictions(kBegin + "@ 6 release 0 1 11\n").find("before the job before ended"), std::string::npos);
  EXPECT_NE(Contradictions(kHead + "@ 0 run 0 0\n").find("that is not pending"), std::string::npos);
}

TEST(Trace, AMissBreaksThePromiseOnlyWhenItWasGiven) {
  const std::string events =
      "@ 0 release 0 0 5\n@ 0 release 1 0 10\n@ 0 run 0 0\n@ 5 miss 0 0\n@ 5 run 1 0\n@ 10 end\n";
  for (const std::string verdict : {"accepted", "refused length 5 demand 6"}) {
    std::string text = kHead;
    text.replace(text.find("accepted"), 8, verdict);
    workload::Complaints complaints;
    const std::optional<Trace> trace = ReadTrace(text + events, complaints);
    ASSERT_TRUE(trace);
    EXPECT_EQ(Follow(*trace, complaints).KeptPromise(*trace), verdict != "accepted");
  }
}

TEST(Trace, ExportsHaveSlicesAndJobs) {
  workload::Complaints complaints;
  const std::optional<Trace> trace = ReadTrace(kGood, complaints);
  ASSERT_TRUE(trace);
  const History history = Follow(*trace, complaints);
  Perfetto file;
  file.Add(*trace, history, TickClock(*trace));
  perfetto::Trace perfetto;
  ASSERT_TRUE(perfetto.ParseFromString(file.ToString()));
  std::map<std::uint64_t, std::uint64_t> begins;
  int slices = 0;
  for (const perfetto::TracePacket& packet : perfetto.packet()) {
    const perfetto::TrackEvent& event = packet.track_event();
    if (event.type() == perfetto::TrackEvent::TYPE_SLICE_BEGIN) begins[event.track_uuid()] = packet.timestamp();
    if (event.type() == perfetto::TrackEvent::TYPE_SLICE_END) {
      ++slices;
      EXPECT_GT(packet.timestamp(), begins.at(event.track_uuid()));
    }
  }
  EXPECT_EQ(slices, 3);
  EXPECT_EQ(nlohmann::json::parse(ToChartData(*trace, history))["jobs"].size(), 3u);
}

TEST(Trace, SurvivesRandomDamage) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kGood;
    for (unsigned i = 0; i <= random() % 3; ++i) {
      const std::size_t at = kHead.size() + random() % (text.size() - kHead.size());
      if (random() % 2 == 0) {
        text[at] = static_cast<char>('0' + random() % 10);
      } else {
        text.erase(at, random() % 12);
      }
    }
    workload::Complaints complaints;
    const std::optional<Trace> trace = ReadTrace(text, complaints);
    if (!trace) {
      EXPECT_EQ(complaints.size(), 1u);
      continue;
    }
    const History history = Follow(*trace, complaints);
    EXPECT_FALSE(Verdict(*trace, history).empty());
  }
}

}  // namespace
}  // namespace pip::trace
