// SPDX-License-Identifier: Apache-2.0
//
// Files that are wrong: each gets a line that says where, what, and what would be right; none a crash.
#include "tools/workload/read_workload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tools/workload/complaint.h"
#include "tools/workload/random_workload.h"
#include "tools/workload/rt_app.h"
#include "tools/workload/workload.h"

namespace pip::workload {
namespace {

std::string Slurp(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A file with one periodic task, on line 2 from column 3 on.
std::string WithTask(const std::string& members) {
  return R"({"format": "pip-workload/1", "name": "w", "tick_us": 1000, "overhead_us": 100,)"
         R"( "duration_us": 100000, "periodic_tasks": [)"
         "\n  {" +
         members + "}]}";
}

std::string Complained(const std::string& text) {
  Complaints complaints;
  EXPECT_FALSE(ReadWorkload(text, complaints)) << text;
  std::string all;
  for (const Complaint& complaint : complaints) all += complaint.ToString("f") + "\n";
  return all;
}

void ExpectComplaint(const std::string& text, const std::string& expected) {
  const std::string all = Complained(text);
  EXPECT_NE(all.find(expected), std::string::npos) << text << "\nexpected: " << expected << "\ngot: " << all;
}

const std::string kGood = R"("name": "t", "period_us": 10000, "relative_deadline_us": 8000, "budget_us": 2000)";

TEST(ReadWorkload, ReadsAllSamples) {
  int samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator("scheduler-edf/workloads")) {
    if (entry.path().extension() != ".json") continue;
    Complaints complaints;
    const std::optional<Workload> workload = ReadWorkload(Slurp(entry.path()), complaints);
    ASSERT_TRUE(workload) << complaints.front().ToString(entry.path());
    EXPECT_FALSE(workload->sources.empty()) << entry.path() << " names no source";
    // What is written is read again.
    const std::optional<Workload> again = ReadWorkload(ToJson(*workload), complaints);
    ASSERT_TRUE(again) << complaints.front().ToString(entry.path());
    EXPECT_EQ(*workload, *again);
    ++samples;
  }
  EXPECT_GE(samples, 6);
}

TEST(ReadWorkload, SaysLineAndColumn) {
  ExpectComplaint("", "f:1:1: this is not JSON");
  ExpectComplaint("{\n\n  \"format\": ]", "f:3:13: this is not JSON");
  ExpectComplaint(WithTask(R"("name": "t", "period_us": 0, "relative_deadline_us": 1, "budget_us": 1)"),
                  "f:2:30: \"period_us\" is 0; expected microseconds from one release to the next");
  ExpectComplaint(WithTask(kGood + R"(, "name": "u")"), "f:2:86: \"name\" is given twice");
}

TEST(ReadWorkload, CountsTheOverheadOfTicks) {
  const auto head = [](const std::string& overhead) {
    return R"({"format": "pip-workload/1", "name": "w", "tick_us": 1000, "duration_us": 100000,)" + overhead +
           R"("periodic_tasks": [{)" + kGood + "}]}";
  };
  ExpectComplaint(head(""), "\"overhead_us\"");
  ExpectComplaint(head(R"("overhead_us": 0, )"), "\"overhead_us\" is 0; expected what each tick may cost");
  ExpectComplaint(head(R"("overhead_us": 1000, )"), "an overhead of 1000 us leaves nothing of a tick of 1000 us");
  Complaints complaints;
  const std::optional<Workload> workload = ReadWorkload(head(R"("overhead_us": 334, )"), complaints);
  ASSERT_TRUE(workload);
  EXPECT_EQ(BudgetInTicks(*workload, workload->tasks[0]), 4u) << "three ticks leave 1998 us";
}

TEST(ReadWorkload, WantsRanksForFixedPrioritiesOnly) {
  const auto head = [](const std::string& policy, const std::string& rank) {
    return R"({"format": "pip-workload/1", "name": "w", "tick_us": 1000, "overhead_us": 1, "duration_us": 100000,)" +
           policy + R"("periodic_tasks": [{)" + kGood + rank + "}]}";
  };
  const std::string fixed = R"("policy": "fixed_priority", "when_refused": "run_without_guarantee",)";
  ExpectComplaint(head(fixed, ""), "\"t\" has no \"rank\"");
  ExpectComplaint(head(fixed, R"(, "rank": -1)"), "\"rank\" is -1");
  ExpectComplaint(head("", R"(, "rank": 1)"), "\"rank\" has no effect under this policy");
  ExpectComplaint(head(R"("policy": "fixed_priority",)", R"(, "rank": 1)"), "nothing can be promised");
  ExpectComplaint(head(R"("policy": "fifo",)", ""), "\"policy\" is \"fifo\"; expected \"earliest_deadline_first\"");
  Complaints complaints;
  const std::optional<Workload> workload = ReadWorkload(head(fixed, R"(, "rank": 7)"), complaints);
  ASSERT_TRUE(workload);
  EXPECT_EQ(workload->policy, edf::Policy::kFixedPriority);
  EXPECT_EQ(workload->tasks[0].rank, 7u);
}

TEST(ReadWorkload, NeverConfusesDeadlines) {
  ExpectComplaint(WithTask(R"("name": "t", "period_us": 10000, "deadline_us": 8000, "budget_us": 2000)"),
                  "\"deadline_us\" is not known in item 1 of \"periodic_tasks\"; expected \"relative_deadline_us\"");
  ExpectComplaint(WithTask(R"("name": "t", "period_us": 10000, "absolute_deadline_us": 8000, "budget_us": 2000)"),
                  "expected \"relative_deadline_us\", counted from each release");
  ExpectComplaint(
      R"({"format": "pip-workload/1", "name": "w", "tick_us": 1000, "overhead_us": 100,
                     "duration_us": 9000, "single_jobs": [
                     {"name": "j", "release_us": 5000, "relative_deadline_us": 2000, "budget_us": 1000}]})",
      "expected \"absolute_deadline_us\", counted from the start");
  ExpectComplaint(
      R"({"format": "pip-workload/1", "name": "w", "tick_us": 1000, "overhead_us": 100,
                     "duration_us": 9000, "single_jobs": [
                     {"name": "j", "release_us": 5000, "absolute_deadline_us": 2000, "budget_us": 1000}]})",
      "the deadline at 2000 is not after the release at 5000");
}

TEST(ReadWorkload, RefusesZeroAndHuge) {
  for (const std::string value :
       {"0", "-1", "86400000001", "18446744073709551615", "1e30", "1.5", "\"1000\"", "null"}) {
    ExpectComplaint(WithTask(R"("name": "t", "relative_deadline_us": 1000, "budget_us": 1000, "period_us": )" + value),
                    "\"period_us\" is ");
  }
  ExpectComplaint(WithTask(kGood + R"(, "period": 3)"), "expected \"period_us\": times say their unit");
}

TEST(ReadWorkload, RefusesWhatCannotBe) {
  const auto task = [](const std::string& period, const std::string& deadline, const std::string& budget) {
    return WithTask(R"("name": "t", "period_us": )" + period + R"(, "relative_deadline_us": )" + deadline +
                    R"(, "budget_us": )" + budget);
  };
  ExpectComplaint(task("10500", "8000", "2000"), "not a multiple of the tick of 1000 us; expected 10000 or 11000");
  ExpectComplaint(task("10000", "11000", "2000"), "the deadline of 11000 us is longer than period_us");
  ExpectComplaint(task("10000", "8000", "7201"),
                  "the budget of 7201 us, in whole ticks with their overhead 9000 us, is longer than the time to the "
                  "deadline; expected at most 7200");
  ExpectComplaint(WithTask(kGood + R"(, "behaviour": {"compute_us": 2001})"), "computes 2001 us with a budget of 2000");
  ExpectComplaint(WithTask(kGood + R"(, "behaviour": {"misbehaviour": "explode"})"), "\"misbehaviour\" is \"explode\"");
  ExpectComplaint(WithTask(kGood + R"(, "behaviour": {"from_job": 1})"), "has no effect on a task that behaves well");
  ExpectComplaint(WithTask(kGood + "}, {" + kGood), "the name \"t\" is used twice");
  ExpectComplaint(
      R"({"format": "pip-workload/1", "name": "w", "tick_us": 1000, "overhead_us": 100, "duration_us": 9000})",
      "no task");
  ExpectComplaint(
      R"({"format": "pip-workload/2", "name": "w", "tick_us": 1000, "overhead_us": 100, "duration_us": 9000})",
      "expected the string \"pip-workload/1\"");
  ExpectComplaint("[]", "the file is a list of 0 items");
  ExpectComplaint(std::string(100'000, '['), "the nesting is deeper than 32 levels");
}

// A complaint is one line without control characters, whatever the file contains.
TEST(ReadWorkload, ComplaintsAreOneLine) {
  Complaints complaints;
  EXPECT_FALSE(ReadWorkload("{\"a\\n\\u001b[31mb\": 1}", complaints));
  for (const Complaint& complaint : complaints) {
    for (const char c : complaint.ToString("f")) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  }
}

// Damaged files are read or complained about; nothing else happens.
TEST(ReadWorkload, SurvivesRandomDamage) {
  const std::string whole = Slurp("scheduler-edf/workloads/mixed.json");
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text = whole;
    for (unsigned i = 0; i <= random() % 4; ++i) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 20);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
          break;
      }
    }
    Complaints complaints;
    const std::optional<Workload> workload = ReadWorkload(text, complaints);
    EXPECT_EQ(workload.has_value(), complaints.empty());
    if (!workload) {
      continue;
    }
    const std::vector<std::uint8_t> bytes = ToImage(*workload);
    edf::WorkloadImage image;
    EXPECT_FALSE(edf::WorkloadImage::Parse(bytes, image)) << text;
  }
}

TEST(RtApp, ReadsReservations) {
  Complaints complaints;
  const std::optional<Workload> workload =
      ReadRtApp(Slurp("scheduler-edf/workloads/rt-app/two-reservations.json"), {}, complaints);
  ASSERT_TRUE(workload) << complaints.front().ToString("f");
  EXPECT_EQ(workload->duration_us, 1'000'000u);
  EXPECT_EQ(workload->tick_us, 1000u);
  ASSERT_EQ(workload->tasks.size(), 3u);
  EXPECT_EQ(workload->tasks[0].name, "audio");
  EXPECT_EQ(workload->tasks[0].relative_deadline_us, 5000u) << "without dl-deadline: the period";
  EXPECT_EQ(workload->tasks[0].first_release_us, 2000u);
  EXPECT_EQ(workload->tasks[1].name, "video-0");
  EXPECT_EQ(workload->tasks[1].relative_deadline_us, 15'000u);
  EXPECT_EQ(workload->tasks[1].budget_us, 3000u);
  EXPECT_EQ(workload->tasks[1].compute_us, 2500u);
}

TEST(RtApp, RefusesWhatHasNoMeaning) {
  const auto refused = [](const std::string& text, const std::string& expected) {
    Complaints complaints;
    EXPECT_FALSE(ReadRtApp(text, {}, complaints));
    ASSERT_FALSE(complaints.empty());
    EXPECT_NE(complaints.front().ToString("f").find(expected), std::string::npos) << complaints.front().ToString("f");
  };
  refused("[]", "there is no object \"tasks\"");
  refused(R"({"tasks": {"a": {"run": 5}}, "global": {"duration": 1}})", "no SCHED_DEADLINE reservation");
  refused(R"({"tasks": {"a": {"dl-runtime": 1000, "dl-period": -5}}})", "\"dl-period\" is -5");
  refused(R"({"tasks": {"a": {"dl-runtime": 1000, "dl-period": 5000}}, "global": {"duration": -1}})",
          "does not say how long to run");
  refused(R"({"tasks": {"a": {"phases": {"x": {}, "y": {}}}}})", "several phases");
  refused(R"({"tasks": {"a": {"dl-runtime": 6000, "dl-period": 5000}}, "global": {"duration": 1}})",
          "converted, \"a\": the budget of 6000 us");
}

TEST(RandomWorkload, IsValidAndRepeatable) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RandomOptions options{.seed = seed, .tasks = 1 + seed * 3, .utilisation = 0.8};
    const Workload workload = RandomWorkload(options);
    Complaints complaints;
    EXPECT_TRUE(ReadWorkload(ToJson(workload), complaints));
    EXPECT_EQ(workload, RandomWorkload(options));
  }
}

}  // namespace
}  // namespace pip::workload
