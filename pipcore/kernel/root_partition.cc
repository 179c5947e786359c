// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/root_partition.h"

#include "pipcore/kernel/boot_information.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip::kernel {
namespace {

constexpr std::uint32_t kTableBytes = PIP_TABLE_SIZE * kPageBytes;  // what a leaf table maps: 4 MiB

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
      const page_t table = frame_of(read_link(mmu_, v, top_level));
      const index_t i = index_at(v, leaf_level);
      // Not write_entry: nothing was executed yet, so no instruction cache has old words of an executable page.
      physical_memory[table][i] = user_entry(frame, rights.write, rights.execute);
      entry_written(table, i, no_entry);
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
  bool HasTables(vaddr_t v) const { return is_present(read_link(mmu_, v, top_level)); }

  void AddTables(vaddr_t v) {
    const page_t mmu = Take();
    const page_t shadow1 = Take();
    const page_t shadow2 = Take();
    if (!exhausted_) {
      format_mmu(mmu, leaf_level);
      format_shadow1(shadow1, leaf_level);
      format_shadow2(shadow2, leaf_level);
      write_link(mmu_, v, top_level, link_entry(mmu));
      write_link(shadow1_, v, top_level, link_entry(shadow1));
      write_link(shadow2_, v, top_level, link_entry(shadow2));
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

RootError BuildRootPartition(const RootLayout& layout, std::span<const Module> modules, FrameSet& free,
                             RootPartition& root) {
  Builder builder(free);
  root.descriptor = builder.MakeDescriptor();
  if (builder.exhausted()) {
    return RootError::kTooLittleMemory;
  }
  root.boot_information = builder.MapNew(layout.boot_information);
  builder.MapNew(layout.stack_low);
  root.stack_high = builder.MapNew(layout.stack_high);
  root.vidt = builder.MapNew(layout.vidt);
  for (const DeviceRange& device : layout.devices) {
    for (std::uint32_t i = 0; i < device.frames.size() && !builder.exhausted(); ++i) {
      builder.Map(device.address + i * kPageBytes, device.frames.begin + i, kDevice);
    }
  }

  std::uint64_t address = layout.image;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const std::uint64_t end = address + std::uint64_t{modules[i].frames().size()} * kPageBytes;
    if (end > layout.images_end) {
      return RootError::kImagesTooLarge;
    }
    root.module_begin[i] = static_cast<std::uint32_t>(address);
    MapModule(builder, modules[i], root.module_begin[i], i == 0 ? kOrdinary : kModule);
    // A gap after the image: what runs over its end faults.
    address = i == 0 ? NextTable(end) : end;
  }

  root.memory_begin = static_cast<std::uint32_t>(address);
  std::uint32_t memory = root.memory_begin;
  while (memory < layout.memory_end && !builder.exhausted() && free.frames() >= builder.Cost(memory)) {
    builder.Map(memory, builder.TakeAsIs(), kOrdinary);
    memory += kPageBytes;
  }
  root.memory_end = memory;
  const bool enough = !builder.exhausted() && (root.memory_end - root.memory_begin) / kPageBytes >= kFreeFramesMin;
  return enough ? RootError::kNone : RootError::kTooLittleMemory;
}

void FillBootInformation(const RootPartition& root, std::span<const Module> modules, const char* revision) {
  // Right because the page is the root's, cleared, and read by nobody yet; BootInformation consists of plain words and
  // characters.
  auto& page = *reinterpret_cast<BootInformation*>(&physical_memory[root.boot_information]);
  page.magic = BootInformation::kMagic;
  page.memory_begin = root.memory_begin;
  page.memory_end = root.memory_end;
  CopyText(revision, page.revision);
  page.extension_version = BootInformation::kExtensionVersion;
  page.module_count = static_cast<std::uint32_t>(modules.size() - 1);
  for (std::size_t i = 1; i < modules.size(); ++i) {
    ModuleRecord& record = page.modules[i - 1];
    record.begin = root.module_begin[i];
    record.end = root.module_begin[i] + (modules[i].end - modules[i].begin);
    CopyText(modules[i].text.data(), record.name);
  }
  CopyText(modules[0].text.data(), page.arguments);
}

void StartRootPartition(const RootLayout& layout, const RootPartition& root) {
  constexpr index_t kStart = 0;
  constexpr index_t kTimer = 32;
  write_register(valid_register, valid_mark);
  store_registers(root.stack_high, layout.context - layout.stack_high);
  write_word(root.vidt, kStart, layout.context);
  write_word(root.vidt, kTimer, layout.context);
  set_interrupt_state(root.descriptor, false);
  root_partition = root.descriptor;
  switch_to(root.descriptor);
}

}  // namespace pip::kernel
