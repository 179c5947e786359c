// SPDX-License-Identifier: Apache-2.0
// The fuzzer's entry with random inputs, where there is no libFuzzer: compiled with the sanitizers, it finds undefined
// behaviour in the generated C and in the shims.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

TEST(FuzzBrieflyTest, RandomInputsFindNothing) {
  constexpr int kInputs = 500;
  constexpr std::size_t kLongest = 512;
  std::mt19937_64 random(20240229);
  for (int i = 0; i < kInputs; ++i) {
    std::vector<std::uint8_t> input(random() % kLongest);
    for (std::uint8_t& byte : input) {
      byte = static_cast<std::uint8_t>(random());
    }
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
}

}  // namespace
