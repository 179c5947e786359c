// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/armv7/interrupts.h"

#include <array>
#include <bit>

#include "pipcore/arch/armv7/peripherals.h"

namespace pip::armv7 {
namespace {

// QA7, sections 4.6, 4.10 and 4.11: the local timer counts at 38.4 MHz from a value down, again and again.
constexpr std::uint32_t kGpuRouting = kLocalPeripherals + 0x0C;
constexpr std::uint32_t kLocalRouting = kLocalPeripherals + 0x24;
constexpr std::uint32_t kTimerControl = kLocalPeripherals + 0x34;
constexpr std::uint32_t kTimerInterruptEnable = 1U << 29;
constexpr std::uint32_t kTimerEnable = 1U << 28;
constexpr std::uint32_t kTimerHertz = 38'400'000;
constexpr std::uint32_t kTicksPerSecond = 100;
constexpr std::uint32_t kTimerClear = kLocalPeripherals + 0x38;
constexpr std::uint32_t kTimerClearFlag = 1U << 31;
constexpr std::uint32_t kCore0Source = kLocalPeripherals + 0x60;
constexpr std::uint32_t kSourceTimer = 1U << 11;
constexpr std::uint32_t kSourceDevices = 1U << 8;

// BCM2835 ARM Peripherals, section 7.5.
constexpr std::uint32_t kPending1 = kInterruptController + 0x04;
constexpr std::uint32_t kPending2 = kInterruptController + 0x08;
constexpr std::uint32_t kDisable1 = kInterruptController + 0x1C;
constexpr std::uint32_t kDisable2 = kInterruptController + 0x20;
constexpr std::uint32_t kDisableBasic = kInterruptController + 0x24;
constexpr std::uint32_t kLinesPerRegister = 32;

// A line of the peripherals' controller: none is as urgent as the timer.
[[gnu::noinline]] std::uint32_t AcknowledgeDevice() {
  DeviceBarrier();
  for (const auto& [pending, disable, first] :
       {std::array{kPending1, kDisable1, std::uint32_t{0}}, std::array{kPending2, kDisable2, kLinesPerRegister}}) {
    const std::uint32_t lines = Register(pending);
    if (lines != 0) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(lines));
      Register(disable) = 1U << line;
      DeviceBarrier();
      return kFirstDeviceVector + first + line;
    }
  }
  return 0;
}

}  // namespace

void InitializeInterrupts() {
  Register(kDisable1) = ~std::uint32_t{0};
  Register(kDisable2) = ~std::uint32_t{0};
  Register(kDisableBasic) = ~std::uint32_t{0};
  DeviceBarrier();
  Register(kGpuRouting) = 0;
  Register(kLocalRouting) = 0;
  Register(kTimerClear) = kTimerClearFlag;
  Register(kTimerControl) = kTimerInterruptEnable | kTimerEnable | (kTimerHertz / kTicksPerSecond);
  DeviceBarrier();
}

std::uint32_t AcknowledgeInterrupt() {
  DeviceBarrier();
  const std::uint32_t source = Register(kCore0Source);
  if ((source & kSourceTimer) != 0) {
    Register(kTimerClear) = kTimerClearFlag;
    DeviceBarrier();
    return kTimerVector;
  }
  return (source & kSourceDevices) != 0 ? AcknowledgeDevice() : 0;
}

}  // namespace pip::armv7
