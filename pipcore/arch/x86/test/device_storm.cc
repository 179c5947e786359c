// SPDX-License-Identifier: Apache-2.0
//
// Root partition of a test: timer, clock, keyboard, mouse and serial port ask for attention thousands of times while a
// child calls the kernel through both entries.  The child must not notice, and each device must be heard.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libpip/cpp/child_builder.h"
#include "libpip/cpp/image.h"
#include "libpip/cpp/machine.h"
#include "libpip/cpp/page_allocator.h"
#include "libpip/cpp/vidt.h"
#include "pip/api.h"
#include "pip/arch/services.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "pip/stdio.h"

namespace {

constexpr std::uint32_t kFirstLine = 32;
constexpr std::uint32_t kTimer = 0;
constexpr std::uint32_t kKeyboard = 1;
constexpr std::uint32_t kSerial = 4;
constexpr std::uint32_t kClock = 8;
constexpr std::uint32_t kMouse = 12;
constexpr std::uint32_t kLines = 16;
constexpr std::array kDevices = {kTimer, kKeyboard, kSerial, kClock, kMouse};
constexpr std::uint32_t kEnough = 1000;  // interrupts of each device
constexpr std::uint32_t kSlot = 60;
constexpr std::uint32_t kNoSlot = 61;
constexpr std::uint32_t kVectors = 256;

// Ports: 8254, 8042 (IBM PC/AT Technical Reference, "Keyboard controller"), MC146818 data sheet, 16550 data sheet.
constexpr std::uint16_t kTimerControl = 0x43;
constexpr std::uint16_t kTimerCounter = 0x40;
constexpr std::uint16_t kKeyboardData = 0x60;
constexpr std::uint16_t kKeyboardCommand = 0x64;
constexpr std::uint16_t kClockIndex = 0x70;
constexpr std::uint16_t kClockData = 0x71;
constexpr std::uint16_t kSerialEnable = 0x3F9;
constexpr std::uint16_t kSerialIdentify = 0x3FA;
constexpr std::uint16_t kSerialModem = 0x3FC;
constexpr std::uint8_t kStatusB = 0x0B;
constexpr std::uint8_t kStatusC = 0x0C;

std::array<user_ctx_t, kVectors> handler_contexts;
alignas(16) std::array<std::byte, 8192> handler_stack;
std::array<std::uint32_t, kLines> heard;
user_ctx_t after_yield;
pip::ChildBuilder* child;
std::uint32_t wrong_vector;

// As if a key were pressed, or the mouse moved: the controller takes the next byte for one that a device sent.
void Send(std::uint8_t command, std::uint8_t byte) {
  Pip_Outb(kKeyboardCommand, command);
  Pip_Outb(kKeyboardData, byte);
}

std::uint8_t ReadClock(std::uint8_t index) {
  Pip_Outb(kClockIndex, index);
  return Pip_Inb(kClockData);
}

void StartDevices() {
  constexpr std::uint16_t kDivisor = 119;  // 10000 a second
  Pip_Outb(kTimerControl, 0x34);
  Pip_Outb(kTimerCounter, kDivisor);
  Pip_Outb(kTimerCounter, 0);
  Send(0x60, 0x03);  // the controller's command byte: interrupts of keyboard and mouse
  // 8192 periodic interrupts a second: rate 3, and PIE.
  Pip_Outb(kClockIndex, 0x0A);
  Pip_Outb(kClockData, 0x23);
  const std::uint8_t enabled = ReadClock(kStatusB) | 0x40;
  Pip_Outb(kClockIndex, kStatusB);
  Pip_Outb(kClockData, enabled);
  (void)ReadClock(kStatusC);
  Pip_Outb(kSerialModem, 0x08);  // OUT2 connects the line
}

void StopDevices() {
  Pip_Outb(kClockIndex, kStatusB);
  Pip_Outb(kClockData, 0x02);
  Pip_Outb(kSerialEnable, 0);
}

// What a driver would do, and with each tick something new for the others.
void Serve(std::uint32_t line) {
  switch (line) {
    case kTimer:
      switch (heard[kTimer] % 3) {
        case 0:
          Send(0xD2, 0x1E);
          break;
        case 1:
          Send(0xD3, 0x08);
          break;
        default:
          // The transmitter is empty: it says so each time it is allowed to.
          Pip_Outb(kSerialEnable, 0);
          Pip_Outb(kSerialEnable, 0x02);
      }
      break;
    case kKeyboard:
    case kMouse:
      (void)Pip_Inb(kKeyboardData);
      break;
    case kSerial:
      (void)Pip_Inb(kSerialIdentify);
      break;
    case kClock:
      (void)ReadClock(kStatusC);
      break;
    default:
      break;
  }
}

bool HeardEnough() {
  for (const std::uint32_t line : kDevices) {
    if (heard[line] < kEnough) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" {
void handler_entry();
void storm_child();
// A page of the child's: how many calls it has made, whether it can use SYSENTER, and its stack.
alignas(4096) std::array<std::uint32_t, 1024> storm_memory;

[[noreturn]] void OnVector(std::uint32_t vector) {
  const std::uint32_t line = vector - kFirstLine;
  if (line < kLines) {
    ++heard[line];
    Serve(line);
    if (!HeardEnough()) {
      (void)child->ResumeInterrupted(kNoSlot);
      wrong_vector = vector;
    }
  } else {
    wrong_vector = vector;
  }
  pip_context_resume(&after_yield);
}
}

extern "C" void main(const pip_fpinfo* boot) {
  Pip_InitPaging(boot->membegin, boot->memend);
  storm_memory[1] = pip_cpu_has_sysenter;
  pip::Vidt vidt = pip::Vidt::Own();
  for (std::uint32_t vector = 0; vector < kVectors; ++vector) {
    vidt.SetHandler(vector, handler_contexts[vector], handler_entry, handler_stack);
    pip_context_set_boot_information(&handler_contexts[vector], vector);
  }
  vidt.Set(kSlot, after_yield);
  vidt.Set(kNoSlot, 0);
  pip::ChildBuilder builder(pip::PageAllocator::OfPartition());
  child = &builder;
  const auto image = pip::OwnImage();
  const auto* const memory = reinterpret_cast<const std::byte*>(storm_memory.data());
  bool built = builder.Create() == pip::Status::kDone &&
               builder.ShareRange(image.first(static_cast<std::size_t>(memory - image.data())),
                                  pip::Rights::kReadExecute) == pip::Status::kDone &&
               builder.ShareRange({memory, sizeof(storm_memory)}, pip::Rights::kReadWrite) == pip::Status::kDone;
  built = built &&
          builder.PrepareStart({.entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(storm_child))}) ==
              pip::Status::kDone;
  if (!built) {
    pip::exit_fail("storm: cannot make the child");
  }
  StartDevices();
  const pip::Status status = builder.Yield({.save_slot = kSlot});
  StopDevices();
  if (status != pip::Status::kDone || wrong_vector != 0) {
    pip::exit_fail("storm: the child ends with vector %u", wrong_vector);
  }
  for (const std::uint32_t line : kDevices) {
    printf("storm: line %u: %u interrupts\n", line, heard[line]);
  }
  const std::uint32_t calls = storm_memory[0];
  if (calls == 0 || builder.Destroy() != pip::Status::kDone) {
    pip::exit_fail("storm: the child made %u calls, or cannot be deleted", calls);
  }
  pip::exit_pass("storm: %u calls of the child in the meantime, and it did not notice", calls);
}
