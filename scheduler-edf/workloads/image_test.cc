// SPDX-License-Identifier: Apache-2.0
//
// The compact form: what is written is read; what is damaged is refused, or is another valid workload, and never more.
#include "scheduler-edf/workloads/image.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tools/workload/workload.h"

namespace pip::edf {
namespace {

using Bytes = std::vector<std::uint8_t>;

workload::Workload Example() {
  workload::Workload workload;
  workload.name = "example";
  workload.tick_us = 1000;
  workload.overhead_us = 100;
  workload.duration_us = 100'000;
  workload::Task periodic;
  periodic.kind = TaskKind::kPeriodic;
  periodic.name = "p";
  periodic.period_us = 10'000;
  periodic.relative_deadline_us = 8000;
  periodic.budget_us = 2500;
  periodic.compute_us = 2000;
  workload::Task sporadic;
  sporadic.kind = TaskKind::kSporadic;
  sporadic.name = "s";
  sporadic.period_us = 20'000;
  sporadic.relative_deadline_us = 20'000;
  sporadic.budget_us = 1000;
  sporadic.compute_us = 500;
  sporadic.releases_us = {4000, 31'000};
  workload::Task single;
  single.kind = TaskKind::kSingle;
  single.name = "j";
  single.period_us = 0;
  single.relative_deadline_us = 60'000;
  single.budget_us = 5000;
  single.compute_us = 4500;
  single.misbehaviour = Misbehaviour::kCrash;
  single.image = "other";
  workload.tasks = {periodic, sporadic, single};
  return workload;
}

const char* Refusal(const Bytes& bytes) {
  WorkloadImage image;
  return WorkloadImage::Parse(bytes, image).what;
}

void SetWord(Bytes& bytes, std::size_t offset, std::uint64_t value, int count = 4) {
  for (int i = 0; i < count; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

TEST(Image, ReadsWhatWasWritten) {
  const Bytes bytes = workload::ToImage(Example());
  WorkloadImage image;
  ASSERT_FALSE(WorkloadImage::Parse(bytes, image));
  EXPECT_STREQ(image.name().data(), "example");
  EXPECT_EQ(image.tick_microseconds(), 1000u);
  EXPECT_EQ(image.duration(), 100u);
  ASSERT_EQ(image.task_count(), 3u);
  EXPECT_EQ(image.task(0).budget_microseconds, 2500u);
  EXPECT_EQ(image.task(0).deadline, 8u);
  EXPECT_EQ(image.release(image.task(1), 1), 31u);
  EXPECT_STREQ(image.task(2).image.data(), "other");
  EXPECT_EQ(image.task(2).BehaviourOf(7), Misbehaviour::kCrash);
}

TEST(Image, RefusesEveryTruncationAndExtension) {
  const Bytes whole = workload::ToImage(Example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(Refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))), nullptr) << length;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_NE(Refusal(longer), nullptr);
}

// Each field with values that it must not have: {offset, bytes, value}.
TEST(Image, RefusesValuesOutOfRange) {
  constexpr std::size_t kFirst = kHeaderBytes;
  constexpr std::size_t kSecond = kFirst + kTaskBytes;
  constexpr std::size_t kThird = kSecond + kTaskBytes;
  constexpr std::size_t kTable = kThird + kTaskBytes;
  const struct {
    std::size_t offset;
    int bytes;
    std::uint64_t value;
  } cases[] = {
      {0, 1, 'p'},
      {8, 4, 0},
      {8, 4, 0xFFFFFFFF},
      {12, 4, 99},
      {12, 4, 100'001},
      {16, 8, 0},
      {16, 8, kMaxTicks + 1},
      {24, 4, 0},
      {24, 4, 2},
      {24, 4, 0xFFFFFFFF},
      {28, 4, 1},
      {28, 4, 0xFFFFFFFF},
      {32, 4, 2},
      {36, 4, 2},
      {40, 1, 0},
      {40, 1, ' '},
      {71, 1, 'x'},
      {72, 4, 0},
      {72, 4, 1000},
      {76, 4, 1},
      {kFirst, 4, 3},
      {kFirst + 4, 4, 4},
      {kFirst + 8, 8, 0},
      {kFirst + 8, 8, kMaxTicks + 1},
      {kFirst + 16, 8, 0},
      {kFirst + 16, 8, 11},
      {kFirst + 24, 8, 0},
      {kFirst + 24, 8, 8001},
      {kFirst + 32, 8, kMaxTicks + 1},
      {kFirst + 40, 4, 1},
      {kFirst + 44, 4, 1},
      {kFirst + 48, 8, 0},
      {kFirst + 48, 8, ~0ull},
      {kFirst + 64, 4, 2},
      {kFirst + 68, 4, 1},
      {kFirst + 72, 1, 0},
      {kFirst + 72, 1, 0x80},
      {kFirst + 104, 1, '/'},
      {kFirst + 136, 8, kMaxRank + 1},
      {kSecond + 32, 8, 1},
      {kSecond + 40, 4, 1},
      {kSecond + 44, 4, 3},
      {kSecond + 44, 4, 1},
      {kThird + 8, 8, 1},
      {kTable + 8, 8, 23},
      {kTable, 8, kMaxTicks + 1},
  };
  for (const auto& each : cases) {
    Bytes bytes = workload::ToImage(Example());
    SetWord(bytes, each.offset, each.value, each.bytes);
    EXPECT_NE(Refusal(bytes), nullptr) << "offset " << each.offset << " value " << each.value;
  }
}

// Whatever the bytes are, what is accepted stays within its limits (run with sanitizers, within its memory too).
TEST(Image, SurvivesRandomDamage) {
  std::mt19937 random(1);
  const Bytes whole = workload::ToImage(Example());
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    Bytes bytes = whole;
    for (unsigned i = 0; i <= random() % 3; ++i) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    WorkloadImage image;
    if (WorkloadImage::Parse(bytes, image)) continue;
    ++accepted;
    for (std::uint32_t i = 0; i < image.task_count(); ++i) {
      const Task task = image.task(i);
      ASSERT_LE(task.budget_microseconds, task.deadline * image.tick_microseconds());
      ASSERT_LT(image.overhead_microseconds(), image.tick_microseconds());
      ASSERT_LE(task.deadline, kMaxTicks);
      ASSERT_EQ(task.name.back(), 0);
      for (std::uint32_t k = 0; k < task.releases_count; ++k) ASSERT_LE(image.release(task, k), kMaxTicks);
    }
  }
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace pip::edf
