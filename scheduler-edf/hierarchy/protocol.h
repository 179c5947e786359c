// SPDX-License-Identifier: Apache-2.0
//
// What the root and the schedulers below it agree upon.
//
// Neither trusts the other's memory: a scheduler reads what the root tells it in a page that it cannot write; the root
// learns from a scheduler only to which entry of its VIDT it yields.
#ifndef PIP_SCHEDULER_EDF_HIERARCHY_PROTOCOL_H_
#define PIP_SCHEDULER_EDF_HIERARCHY_PROTOCOL_H_

#include <cstdint>

namespace pip::edf {

// Entries of the root's VIDT, above those that an `int` reaches.
inline constexpr std::uint32_t kCharacter = 256;    // and the 255 after it: print that one, go on at kPrinted
inline constexpr std::uint32_t kReady = 512;        // admitted, its tasks are made: waits for its first slot
inline constexpr std::uint32_t kRefused = 513;      // it will not run
inline constexpr std::uint32_t kNothingToDo = 514;  // for the rest of this slot
inline constexpr std::uint32_t kLate = 515;         // it was busy when its slot began: asks for the tick again
inline constexpr std::uint32_t kKept = 516;         // all is over and it kept its promises
inline constexpr std::uint32_t kBroken = 517;       // all is over and it did not

// Entry of a scheduler's VIDT; it is 0 except while the root prints.
inline constexpr std::uint32_t kPrinted = 1021;

// A scheduler's address space, beside image and stack.
inline constexpr std::uint32_t kInformationAddress = 0x02000000;
inline constexpr std::uint32_t kWorkloadAddress = 0x02400000;
inline constexpr std::uint32_t kTaskImageAddress = 0x03000000;
inline constexpr std::uint32_t kMemoryAddress = 0x04000000;

inline constexpr std::uint32_t kInformationMagic = 0x50495048;

// Written by the root, read by the scheduler. Words, so that none is read while it is half written.
struct Information {
  std::uint32_t magic;
  std::uint32_t workload_bytes;
  std::uint32_t task_image_bytes;
  std::uint32_t memory_end;
  std::uint32_t every;  // the promise: so many slots ...
  std::uint32_t slots;  // ... in every period of that length
  std::uint32_t tick_microseconds;
  std::uint32_t loops_per_tick;   // of ComputeFor
  std::uint32_t counts_per_tick;  // of TimeStamp
  std::uint32_t slot;             // the number of the slot that is now
  std::uint32_t given;            // how many slots this scheduler was given until now
  std::uint32_t slot_began;       // when, by the low word of TimeStamp
  std::uint32_t misbehaviour;     // what it is told to do wrong, a Misbehaviour
};

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_HIERARCHY_PROTOCOL_H_
