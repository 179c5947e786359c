// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/firmware.h"

#include <array>
#include <cstddef>

#include "pipcore/arch/armv7/peripherals.h"

namespace pip::armv7 {
namespace {

// BCM2835 mailboxes: 0 is read, 1 is written; a word is the 16-byte-aligned bus address of a request and a channel.
constexpr std::uint32_t kRead = kMailbox + 0x00;
constexpr std::uint32_t kReadStatus = kMailbox + 0x18;
constexpr std::uint32_t kWrite = kMailbox + 0x20;
constexpr std::uint32_t kWriteStatus = kMailbox + 0x38;
constexpr std::uint32_t kFull = 1U << 31;
constexpr std::uint32_t kEmpty = 1U << 30;
constexpr std::uint32_t kPropertyChannel = 8;
// How the video processor sees memory past its caches (BCM2835 ARM Peripherals, section 1.2.4).
constexpr std::uint32_t kBusUncached = 0xC0000000;

constexpr std::uint32_t kGetArmMemory = 0x00010005;
constexpr std::uint32_t kDone = 0x80000000;
constexpr std::uint32_t kPatience = 10'000'000;

// Bytes, state; a property: number, bytes of its value, state, base, size; the end.  A line of the data cache is its
// own, so that writing it back touches nothing else.
alignas(64) std::array<std::uint32_t, 16> request;

// The line of the data cache at this address is in memory, and the next read is from there: DCCIMVAC (ARM DDI 0406C,
// section B2.2.6).
void ForgetLine(const void* address) { asm volatile("mcr p15, 0, %0, c7, c14, 1\n\tdsb" : : "r"(address) : "memory"); }

bool Ready(std::uint32_t status, std::uint32_t flag) {
  for (std::uint32_t poll = 0; poll < kPatience; ++poll) {
    if ((Register(status) & flag) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::uint32_t> MemoryBytes() {
  constexpr std::size_t kState = 1;
  constexpr std::size_t kSize = 6;
  request = {8 * sizeof(std::uint32_t), 0, kGetArmMemory, 8, 0, 0, 0, 0};
  ForgetLine(request.data());
  // Right because the request is part of the image, whose physical addresses are at a fixed distance.
  const auto address = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(request.data())) - PIP_IMAGE_OFFSET;
  const std::uint32_t word = (kBusUncached + address) | kPropertyChannel;
  DeviceBarrier();
  if (!Ready(kWriteStatus, kFull)) {
    return std::nullopt;
  }
  Register(kWrite) = word;
  for (std::uint32_t answers = 0; answers < kPatience && Ready(kReadStatus, kEmpty); ++answers) {
    if (Register(kRead) != word) {
      continue;  // for somebody before us
    }
    DeviceBarrier();
    ForgetLine(request.data());
    if (request[kState] != kDone) {
      return std::nullopt;
    }
    return request[kSize];
  }
  return std::nullopt;
}

}  // namespace pip::armv7
