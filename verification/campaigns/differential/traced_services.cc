// SPDX-License-Identifier: Apache-2.0
//
// The traced kernel: each service tells on the serial line what it was called with, what it answered, and the digest of
// the state it left (pipcore/kernel/around).
//
// Lines of the trace, numbers hexadecimal:
//   @b ROOT FRAMES                       once: descriptor of the root partition; frames from here on do not exist
//   @s FRAME INDEX WORD [INDEX WORD]...  once: the words of the root's tables and descriptor that are not 0
//   @m FRAME INDEX WORD...               before a call: words that user mode changed since the last line
//   @c SERVICE ARGUMENT... / REGISTER... the call: six arguments, and the user's registers as the kernel has them
//   @a STATUS VALUE RUNNING DIGEST       what came of it
#include <array>
#include <cstddef>
#include <cstdint>

#include "pipcore/arch/x86/interrupt_controller.h"
#include "pipcore/arch/x86/processor.h"
#include "pipcore/arch/x86/serial.h"
#include "pipcore/kernel/around/around.h"
#include "pipcore/kernel/around/service.h"
#include "pipcore/kernel/last_words.h"
#include "verification/campaigns/differential/state_digest.h"

namespace pip::differential {
namespace {

constexpr std::uint32_t kBlocks = PIP_TABLE_SIZE / kBlockWords;

// Channel 0 of the timer (Intel 8254 data sheet, "Programming the 8254"): stopped for 55 ms, or about to tick.
constexpr std::uint16_t kTimerChannel0 = 0x40;
constexpr std::uint16_t kTimerControl = 0x43;
constexpr std::uint8_t kOneShot = 0x30;
// Every so many calls, a tick comes 60 microseconds later, in the middle of what user mode does next.
constexpr std::uint32_t kCallsPerTick = 8;
constexpr std::uint8_t kSoon = 72;

constinit StateDigest digest;
std::uint32_t calls = 0;
// Of each block of followed data: a checksum of what the trace has told of it; 0 for zeros.
std::array<std::array<std::uint32_t, kBlocks>, kFramesMax> told;
bool has_begun = false;

void Put(const char* text) {
  for (; *text != '\0'; ++text) {
    x86::PutSerial(*text);
  }
}

void PutWord(std::uint32_t word) {
  x86::PutSerial(' ');
  int shift = 28;
  while (shift > 0 && (word >> shift) == 0) {
    shift -= 4;
  }
  for (; shift >= 0; shift -= 4) {
    x86::PutSerial("0123456789abcdef"[(word >> shift) & 0xF]);
  }
}

// Goes through the followed data, and keeps in mind what is there now; tells what is new, if asked to.
void Settle(bool tell) {
  for (std::uint32_t frame = 0; frame < frame_count; ++frame) {
    if (!digest.IsFollowed(frame) || digest.kind(frame) != Kind::kData) {
      continue;
    }
    for (std::uint32_t block = 0; block < kBlocks; ++block) {
      const std::uint32_t* const words = &physical_memory[frame][block * kBlockWords];
      const std::uint32_t sum = Checksum(words);
      if (sum == told[frame][block]) {
        continue;
      }
      told[frame][block] = sum;
      if (tell) {
        Put("@m");
        PutWord(frame);
        PutWord(block * kBlockWords);
        for (std::uint32_t i = 0; i < kBlockWords; ++i) {
          PutWord(words[i]);
        }
        Put("\n");
      }
    }
  }
}

// Tracing takes longer than a tick.  The time it takes shall not count: else nobody but the timer would run.
void StopTimer() {
  x86::WritePort8(kTimerControl, kOneShot);
  x86::WritePort8(kTimerChannel0, 0);
  x86::WritePort8(kTimerChannel0, 0);
}

void StartTimer() {
  if (++calls % kCallsPerTick != 0) {
    x86::InitializeTimer();
    return;
  }
  x86::WritePort8(kTimerControl, kOneShot);
  x86::WritePort8(kTimerChannel0, kSoon);
  x86::WritePort8(kTimerChannel0, 0);
}

void TellStructures() {
  Put("@b");
  PutWord(root_partition);
  PutWord(frame_count);
  Put("\n");
  for (std::uint32_t frame = 0; frame < frame_count; ++frame) {
    if (digest.kind(frame) == Kind::kData) {
      continue;
    }
    Put("@s");
    PutWord(frame);
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      if (physical_memory[frame][i] != 0) {
        PutWord(i);
        PutWord(physical_memory[frame][i]);
      }
    }
    Put("\n");
  }
}

void Before(Service service, const ServiceArguments& arguments) {
  StopTimer();
  if (!has_begun) {
    has_begun = true;
    if (frame_count > kFramesMax) {
      kernel::LastWords("a traced machine has at most 16 MiB");
    }
    digest.Walk();
    TellStructures();
  }
  Settle(/*tell=*/true);
  Put("@c ");
  Put(Name(service));
  for (const std::uint32_t argument : arguments) {
    PutWord(argument);
  }
  Put(" /");
  for (const std::uint32_t word : registers) {
    PutWord(word);
  }
  Put("\n");
}

void After(pip_answer_t answer) {
  digest.Walk();
  Settle(/*tell=*/false);
  const std::uint64_t value = digest.Value();
  Put("@a");
  PutWord(answer.status);
  PutWord(answer.value);
  PutWord(running_partition);
  PutWord(static_cast<std::uint32_t>(value >> 32));
  PutWord(static_cast<std::uint32_t>(value));
  Put("\n");
  StartTimer();
}

}  // namespace
}  // namespace pip::differential

namespace pip {

void BeforeService(Service service, const ServiceArguments& arguments) { differential::Before(service, arguments); }
void AfterService(pip_answer_t answer) { differential::After(answer); }

}  // namespace pip
