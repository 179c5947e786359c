// SPDX-License-Identifier: Apache-2.0
#include "verification/campaigns/differential/state_digest.h"

extern "C" {
#include "pip/memory.h"
}

namespace pip::differential {
namespace {

// Accessed, dirty (Intel SDM volume 3A, section 4.8).
constexpr std::uint32_t kHardwareBits = 0x60;

constexpr bool IsUserSlot(std::uint32_t slot) {
  return slot != 0 && (slot < PIP_FIRST_WINDOW_SLOT || slot > PIP_LAST_WINDOW_SLOT);
}

std::uint32_t FrameOf(std::uint32_t word) { return word / PIP_PAGE_BYTES; }

// As in pipcore/arch/host/lock_step.cc.
class Sum {
 public:
  void Add(std::uint32_t word) { sum_ = (sum_ + word + 1) * 0x9E3779B97F4A7C1U; }
  std::uint64_t Value() const { return sum_ & 0x3FFFFFFFFFFFFFFFU; }

 private:
  std::uint64_t sum_ = 0;
};

void AddFrame(Sum& sum, std::uint32_t frame, Kind kind) {
  const std::uint32_t* const words = physical_memory[frame];
  if (kind == Kind::kData) {
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; i += kBlockWords) {
      sum.Add(Checksum(words + i));
    }
    return;
  }
  std::uint32_t count = PIP_TABLE_SIZE;
  if (kind == Kind::kDescriptor) {
    count = PIP_DESCRIPTOR_VSTI + 1;
  } else if (kind == Kind::kListPage) {
    const std::uint32_t records = words[PIP_LIST_COUNT] < PIP_LIST_CAPACITY ? words[PIP_LIST_COUNT] : PIP_LIST_CAPACITY;
    count = PIP_LIST_FIRST_RECORD + records * PIP_RECORD_WORDS;
  }
  const std::uint32_t mask = kind == Kind::kTable || kind == Kind::kTopTable ? ~kHardwareBits : ~std::uint32_t{0};
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool is_kernels = kind == Kind::kTopTable && !IsUserSlot(i);
    const bool is_unused = kind == Kind::kListPage && i == PIP_LIST_COUNT + 1;
    sum.Add(is_kernels || is_unused ? 0 : words[i] & mask);
  }
}

}  // namespace

// FNV-1a over words instead of bytes, without its offset (Fowler, Noll, Vo).
std::uint32_t Checksum(const std::uint32_t* block) {
  constexpr std::uint32_t kPrime = 16777619;
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < kBlockWords; ++i) {
    sum = (sum ^ block[i]) * kPrime;
  }
  return sum;
}

void StateDigest::Note(std::uint32_t frame, Kind kind) {
  if (frame < frame_count && frame < kFramesMax) {
    kinds_[frame] = kind;
  }
}

void StateDigest::Walk() {
  kinds_.fill(Kind::kData);
  followed_.fill(false);
  found_ = 0;
  partitions_[found_++] = static_cast<std::uint16_t>(root_partition);
  for (std::size_t i = 0; i < found_; ++i) {
    WalkPartition(partitions_[i]);
  }
}

void StateDigest::WalkPartition(std::uint32_t descriptor) {
  const std::uint32_t* const words = physical_memory[descriptor];
  const std::uint32_t mmu = FrameOf(words[PIP_DESCRIPTOR_MMU]);
  const std::uint32_t shadow1 = FrameOf(words[PIP_DESCRIPTOR_SHADOW1]);
  const std::uint32_t shadow2 = FrameOf(words[PIP_DESCRIPTOR_SHADOW2]);
  Note(descriptor, Kind::kDescriptor);
  Note(mmu, Kind::kTopTable);
  Note(shadow1, Kind::kTable);
  Note(shadow2, Kind::kTable);
  std::uint32_t list = FrameOf(words[PIP_DESCRIPTOR_LIST]);
  while (list != 0 && list < frame_count && kinds_[list] != Kind::kListPage) {
    Note(list, Kind::kListPage);
    list = FrameOf(physical_memory[list][PIP_LIST_NEXT]);
  }
  for (std::uint32_t slot = 0; slot < PIP_TABLE_SIZE; ++slot) {
    const std::uint32_t table = FrameOf(physical_memory[mmu][slot]);
    if (!IsUserSlot(slot) || table == 0) {
      continue;
    }
    const std::uint32_t gifts = FrameOf(physical_memory[shadow1][slot]);
    Note(table, Kind::kTable);
    Note(gifts, Kind::kShadow1Leaf);
    Note(FrameOf(physical_memory[shadow2][slot]), Kind::kShadow2Leaf);
    for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
      if ((physical_memory[gifts][i] & PIP_GIFT_IS_DESCRIPTOR) != 0 && found_ < partitions_.size()) {
        partitions_[found_++] = static_cast<std::uint16_t>(FrameOf(physical_memory[table][i]));
      }
    }
    if (descriptor == root_partition) {
      FollowRootPages(slot, table);
    }
  }
}

// The slot of the image, the last slot, the first pages of free memory; not the screen.
void StateDigest::FollowRootPages(std::uint32_t slot, std::uint32_t table) {
  for (std::uint32_t i = 0; i < PIP_TABLE_SIZE; ++i) {
    const std::uint32_t page = slot * PIP_TABLE_SIZE + i;
    const std::uint32_t frame = FrameOf(physical_memory[table][i]);
    const bool is_free = page >= kFirstFreePage && page - kFirstFreePage < kFollowedFreePages;
    if (frame != 0 && frame < kFramesMax && (page < kFirstFreePage || slot == PIP_TABLE_SIZE - 1 || is_free)) {
      followed_[frame] = true;
    }
  }
}

std::uint64_t StateDigest::Value() const {
  Sum sum;
  sum.Add(running_partition);
  for (std::uint32_t i = 0; i < PIP_CONTEXT_WORDS; ++i) {
    sum.Add(registers[i]);
  }
  for (std::uint32_t frame = PIP_FIRST_ORDINARY_FRAME; frame < frame_count && frame < kFramesMax; ++frame) {
    if (kinds_[frame] != Kind::kData || followed_[frame]) {
      sum.Add(frame);
      sum.Add(static_cast<std::uint32_t>(kinds_[frame]));
      AddFrame(sum, frame, kinds_[frame]);
    }
  }
  return sum.Value();
}

}  // namespace pip::differential
