// SPDX-License-Identifier: Apache-2.0
//
// A number for the abstract state of a machine: two machines with the same number went the same way.  The same code
// runs in the traced kernel and on the host.
#ifndef VERIFICATION_CAMPAIGNS_DIFFERENTIAL_STATE_DIGEST_H_
#define VERIFICATION_CAMPAIGNS_DIFFERENTIAL_STATE_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace pip::differential {

// Memory that a traced machine may have: 16 MiB.
inline constexpr std::uint32_t kFramesMax = 4096;
// Of the root's free memory, which begins at this page, so many pages are followed; beside them its image, its boot
// information, its stack and its VIDT.
inline constexpr std::uint32_t kFirstFreePage = 0x800;
inline constexpr std::uint32_t kFollowedFreePages = 256;

// Of so many words of user data the digest has a checksum.
inline constexpr std::uint32_t kBlockWords = 32;

// 0 for zeros.
std::uint32_t Checksum(const std::uint32_t* block);

// What a frame is; the letters are those of the oracle (pipcore/arch/host/oracle/driver.ml).
enum class Kind : char {
  kData = 'd',
  kDescriptor = 'p',
  kTopTable = 't',
  kTable = 'm',  // other MMU tables, and interior shadow tables
  kShadow1Leaf = '1',
  kShadow2Leaf = '2',
  kListPage = 'l',
};

// Reads physical_memory, from root_partition on; keeps what it finds until the next walk.
class StateDigest {
 public:
  // Finds out what each frame is, and which user data is followed.
  void Walk();

  Kind kind(std::uint32_t frame) const { return kinds_[frame]; }
  // User data that may differ between machines only if a service went wrong.
  bool IsFollowed(std::uint32_t frame) const { return followed_[frame]; }

  // Of running partition, registers, structures and followed data, after a walk; modulo 2^62.  Entries count without
  // the bits that the processor sets, descriptors and lists without the words that mean nothing, top tables without the
  // kernel's slots.
  std::uint64_t Value() const;

 private:
  void WalkPartition(std::uint32_t descriptor);
  void FollowRootPages(std::uint32_t slot, std::uint32_t table);
  void Note(std::uint32_t frame, Kind kind);

  std::array<Kind, kFramesMax> kinds_{};
  std::array<bool, kFramesMax> followed_{};
  std::array<std::uint16_t, kFramesMax> partitions_{};  // descriptors that were found; the first are walked
  std::size_t found_ = 0;
};

}  // namespace pip::differential

#endif  // VERIFICATION_CAMPAIGNS_DIFFERENTIAL_STATE_DIGEST_H_
