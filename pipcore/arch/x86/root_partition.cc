// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/root_partition.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip::x86 {
namespace {

constexpr std::uint32_t kTableBytes = PIP_TABLE_SIZE * kPageBytes;  // what a leaf table maps: 4 MiB
// Where images must end, at the latest: the kernel's window begins above, VGA memory and 1 GiB of the child's own plans
// fit in between.
constexpr std::uint64_t kImagesEnd = 0x80000000;
constexpr page_t kVgaTextFrame = 0xB8;
constexpr std::uint32_t kVgaTextFrames = 8;

struct Rights {
  bool write;
  bool execute;
};
constexpr Rights kOrdinary = {true, true};
constexpr Rights kModule = {false, true};
constexpr Rights kDevice = {true, false};

// Maps pages in a partition under construction, with all tables they need.
class Builder {
 public:
  explicit Builder(FrameSet& free) : free_(free) {}

  // A frame as the firmware left it, or full of zeros; 0 when memory is used up.
  page_t TakeAsIs() {
    const page_t frame = free_.TakeLowest();
    exhausted_ = exhausted_ || frame == no_page;
    return frame;
  }
  page_t Take() {
    const page_t frame = TakeAsIs();
    if (frame != no_page) {
      clear_page(frame);
    }
    return frame;
  }

  // The descriptor, the roots of the three trees, and an empty configuration list.
  page_t MakeDescriptor() {
    const page_t descriptor = Take();
    mmu_ = Take();
    shadow1_ = Take();
    shadow2_ = Take();
    const page_t list = Take();
    if (!exhausted_) {
      format_mmu(mmu_, top_level);
      format_shadow1(shadow1_, top_level);
      format_shadow2(shadow2_, top_level);
      format_list(list, no_vaddr, no_page);
      format_descriptor(descriptor, mmu_, shadow1_, shadow2_, list, no_page);
    }
    return descriptor;
  }

  bool exhausted() const { return exhausted_; }

  // How many frames are needed to map one more page at this address: tables, and the page.
  std::uint32_t Cost(std::uint32_t address) const { return HasTables(page_number(address)) ? 1 : 4; }

  void Map(std::uint32_t address, page_t frame, Rights rights) {
    const vaddr_t v = page_number(address);
    if (!HasTables(v)) {
      AddTables(v);
    }
    if (!exhausted_) {
      const page_t table = frame_of(read_entry(mmu_, index_at(v, top_level)));
      write_entry(table, index_at(v, leaf_level), user_entry(frame, rights.write, rights.execute));
    }
  }

  page_t MapNew(std::uint32_t address) {
    const page_t frame = Take();
    if (!exhausted_) {
      Map(address, frame, kOrdinary);
    }
    return frame;
  }

 private:
  bool HasTables(vaddr_t v) const { return is_present(read_entry(mmu_, index_at(v, top_level))); }

  void AddTables(vaddr_t v) {
    const index_t i = index_at(v, top_level);
    const page_t mmu = Take();
    const page_t shadow1 = Take();
    const page_t shadow2 = Take();
    if (!exhausted_) {
      format_mmu(mmu, leaf_level);
      format_shadow1(shadow1, leaf_level);
      format_shadow2(shadow2, leaf_level);
      write_entry(mmu_, i, link_entry(mmu));
      write_entry(shadow1_, i, link_entry(shadow1));
      write_entry(shadow2_, i, link_entry(shadow2));
    }
  }

  FrameSet& free_;
  page_t mmu_ = 0;
  page_t shadow1_ = 0;
  page_t shadow2_ = 0;
  bool exhausted_ = false;
};

void ClearTail(const Module& module) {
  const std::uint32_t used = module.end % kPageBytes;
  if (used == 0) {
    return;
  }
  const page_t last = module.end / kPageBytes;
  for (std::uint32_t offset = used; offset < kPageBytes; ++offset) {
    write_byte(last, last, offset, 0);
  }
}

void MapModule(Builder& builder, const Module& module, std::uint32_t address, Rights rights) {
  ClearTail(module);
  const FrameRange frames = module.frames();
  for (std::uint32_t i = 0; i < frames.size() && !builder.exhausted(); ++i) {
    builder.Map(address + i * kPageBytes, frames.begin + i, rights);
  }
}

// The next address at which a table begins, with at least a page between.
constexpr std::uint64_t NextTable(std::uint64_t address) {
  return (address + kPageBytes + kTableBytes - 1) / kTableBytes * kTableBytes;
}

}  // namespace

RootError BuildRootPartition(std::span<const Module> modules, FrameSet& free, RootPartition& root) {
  Builder builder(free);
  root.descriptor = builder.MakeDescriptor();
  if (builder.exhausted()) {
    return RootError::kTooLittleMemory;
  }
  root.boot_information = builder.MapNew(kRootBootInformation);
  builder.MapNew(kRootStackLow);
  root.stack_high = builder.MapNew(kRootStackHigh);
  root.vidt = builder.MapNew(kRootVidt);
  for (std::uint32_t i = 0; i < kVgaTextFrames && !builder.exhausted(); ++i) {
    builder.Map(kRootVgaText + i * kPageBytes, kVgaTextFrame + i, kDevice);
  }

  std::uint64_t address = kRootImage;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const std::uint64_t end = address + std::uint64_t{modules[i].frames().size()} * kPageBytes;
    if (end > kImagesEnd) {
      return RootError::kImagesTooLarge;
    }
    root.module_begin[i] = static_cast<std::uint32_t>(address);
    MapModule(builder, modules[i], root.module_begin[i], i == 0 ? kOrdinary : kModule);
    // A gap after the image: what runs over its end faults.
    address = i == 0 ? NextTable(end) : end;
  }

  root.memory_begin = static_cast<std::uint32_t>(address);
  std::uint32_t memory = root.memory_begin;
  while (memory < kRootVgaText && !builder.exhausted() && free.frames() >= builder.Cost(memory)) {
    builder.Map(memory, builder.TakeAsIs(), kOrdinary);
    memory += kPageBytes;
  }
  root.memory_end = memory;
  const bool enough = !builder.exhausted() && (root.memory_end - root.memory_begin) / kPageBytes >= kFreeFramesMin;
  return enough ? RootError::kNone : RootError::kTooLittleMemory;
}

void StartRootPartition(const RootPartition& root) {
  // ABI.md section 5: registers, and the two slots of the VIDT that name a context which starts the root again.
  constexpr index_t kEip = 0;
  constexpr index_t kEflags = 2;
  constexpr index_t kEsp = 6;
  constexpr index_t kEbx = 7;
  for (index_t i = 0; i < PIP_CONTEXT_WORDS; ++i) {
    write_register(i, 0);
  }
  write_register(kEip, kRootImage);
  write_register(kEflags, 2);
  write_register(kEsp, kRootContext);
  write_register(kEbx, kRootBootInformation);
  write_register(valid_register, valid_mark);
  store_registers(root.stack_high, kRootContext - kRootStackHigh);
  write_word(root.vidt, 0, kRootContext);
  write_word(root.vidt, 32, kRootContext);
  set_interrupt_state(root.descriptor, false);
  root_partition = root.descriptor;
  switch_to(root.descriptor);
}

}  // namespace pip::x86
