// SPDX-License-Identifier: Apache-2.0
//
// What the launcher and its child agree upon.  To the kernel these are only addresses and numbers.
#ifndef LAUNCHER_PROTOCOL_H_
#define LAUNCHER_PROTOCOL_H_

#include <cstdint>

namespace launcher {

// A page that both can see, at this address in the child.
inline constexpr std::uint32_t kSharedAddress = 0x00C00000;

// Entries of the two VIDTs.  Each partition has a table of its own; an entry names the context (the saved registers)
// with which that partition continues when somebody yields to it with this number.
inline constexpr std::uint32_t kLauncherContinues = 60;
inline constexpr std::uint32_t kChildContinues = 61;

struct Shared {
  std::uint32_t question;
  std::uint32_t answer;
  std::uint32_t rounds;  // how many answers the child has given: proof that it keeps its own memory between them
};

// What the child answers: something that cannot be there by accident.
constexpr std::uint32_t Answer(std::uint32_t question) { return (question ^ 0x5049'5021) * 2654435761u; }

}  // namespace launcher

#endif  // LAUNCHER_PROTOCOL_H_
