// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/multiboot.h"

#include <algorithm>

namespace pip::x86 {
namespace {

// Byte offsets in the information structure, and its flags (section 3.3).
constexpr std::uint32_t kFlagMemory = 1U << 0;
constexpr std::uint32_t kFlagModules = 1U << 3;
constexpr std::uint32_t kFlagMemoryMap = 1U << 6;
constexpr std::uint32_t kMemoryUpper = 8;
constexpr std::uint32_t kModulesCount = 20;
constexpr std::uint32_t kModulesAddress = 24;
constexpr std::uint32_t kMapLength = 44;
constexpr std::uint32_t kMapAddress = 48;
constexpr std::uint32_t kInformationBytes = 52;

// An entry of the module list: begin, end, string, reserved.
constexpr std::uint32_t kModuleEntryBytes = 16;
// A loader that lists more modules than this has not loaded them: the list is garbage.
constexpr std::uint32_t kModulesPlausible = 4096;

// An entry of the memory map: size of the rest, base, length, type; 1 is RAM.
constexpr std::uint32_t kMapEntryBytes = 24;
constexpr std::uint32_t kTypeRam = 1;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kFourGiB = std::uint64_t{1} << 32;

std::uint64_t LongWord(const PhysicalMemoryView& view, std::uint64_t address) {
  return view.Word(address) | (std::uint64_t{view.Word(address + 4)} << 32);
}

// Calls `visit(begin, end, type)` for each entry; false when the map is corrupt.
template <typename Visitor>
bool VisitMemoryMap(const PhysicalMemoryView& view, std::uint32_t address, std::uint32_t length, Visitor visit) {
  if (!view.Has(address, length)) {
    return false;
  }
  std::uint64_t at = address;
  const std::uint64_t end = at + length;
  while (at < end) {
    if (end - at < kMapEntryBytes) {
      return false;
    }
    const std::uint64_t size = std::uint64_t{view.Word(at)} + 4;
    if (size < kMapEntryBytes || size > end - at) {
      return false;
    }
    const std::uint64_t base = LongWord(view, at + 4);
    const std::uint64_t bytes = LongWord(view, at + 12);
    const std::uint64_t limit = base + bytes < base ? ~std::uint64_t{0} : base + bytes;
    visit(base, limit, view.Word(at + 20));
    at += size;
  }
  return true;
}

MultibootError ReadMemory(const PhysicalMemoryView& view, std::uint32_t address, MultibootInformation& result) {
  const std::uint32_t flags = view.Word(address);
  if ((flags & kFlagMemoryMap) != 0) {
    const std::uint32_t map = view.Word(address + kMapAddress);
    const std::uint32_t length = view.Word(address + kMapLength);
    const auto add = [&](std::uint64_t begin, std::uint64_t end, std::uint32_t type) {
      if (type != kTypeRam) {
        return;
      }
      result.memory.Add(FramesInside(begin, end));
      if (end > kFourGiB) {
        const std::uint64_t kib = (end - std::max(begin, kFourGiB)) / 1024;
        result.unreachable_kib +=
            static_cast<std::uint32_t>(std::min<std::uint64_t>(kib, ~std::uint32_t{0} - result.unreachable_kib));
      }
    };
    const auto remove = [&](std::uint64_t begin, std::uint64_t end, std::uint32_t type) {
      if (type != kTypeRam) {
        result.memory.Remove(FramesTouched(begin, end));
      }
    };
    // Where entries overlap, what is not RAM wins.
    if (!VisitMemoryMap(view, map, length, add) || !VisitMemoryMap(view, map, length, remove)) {
      return MultibootError::kMemoryMapCorrupt;
    }
  } else if ((flags & kFlagMemory) != 0) {
    result.memory.Add(FramesInside(kMiB, kMiB + std::uint64_t{view.Word(address + kMemoryUpper)} * 1024));
  }
  return result.memory.size() == 0 ? MultibootError::kNoMemorySize : MultibootError::kNone;
}

void CopyString(const PhysicalMemoryView& view, std::uint32_t address, std::array<char, Module::kStringBytes>& text) {
  for (std::size_t i = 0; i + 1 < text.size() && address != 0 && view.Has(std::uint64_t{address} + i, 1); ++i) {
    text[i] = static_cast<char>(view.Byte(std::uint64_t{address} + i));
    if (text[i] == '\0') {
      break;
    }
  }
}

MultibootError CheckModule(const Module& module, FrameRange kernel, const MultibootInformation& result) {
  if (module.begin >= module.end) {
    return MultibootError::kModuleEmpty;
  }
  if (module.begin % kPageBytes != 0) {
    return MultibootError::kModuleNotAligned;
  }
  if (!result.memory.Contains(module.frames())) {
    return MultibootError::kModuleOutsideMemory;
  }
  if (module.frames().Overlaps(kernel)) {
    return MultibootError::kModulesOverlap;
  }
  for (std::size_t i = 0; i < result.module_count; ++i) {
    if (module.frames().Overlaps(result.modules[i].frames())) {
      return MultibootError::kModulesOverlap;
    }
  }
  return MultibootError::kNone;
}

MultibootError ReadModules(const PhysicalMemoryView& view, std::uint32_t address, FrameRange kernel,
                           MultibootInformation& result) {
  if ((view.Word(address) & kFlagModules) == 0) {
    return MultibootError::kNoModule;
  }
  const std::uint32_t count = view.Word(address + kModulesCount);
  const std::uint32_t list = view.Word(address + kModulesAddress);
  if (count == 0) {
    return MultibootError::kNoModule;
  }
  if (count > kModulesPlausible || !view.Has(list, std::uint64_t{count} * kModuleEntryBytes)) {
    return MultibootError::kModuleListCorrupt;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (result.module_count == MultibootInformation::kModulesMax) {
      result.modules_left_out = count - i;
      break;
    }
    const std::uint64_t entry = std::uint64_t{list} + std::uint64_t{i} * kModuleEntryBytes;
    Module& module = result.modules[result.module_count];
    module.begin = view.Word(entry);
    module.end = view.Word(entry + 4);
    CopyString(view, view.Word(entry + 8), module.text);
    const MultibootError error = CheckModule(module, kernel, result);
    if (error != MultibootError::kNone) {
      return error;
    }
    ++result.module_count;
  }
  return MultibootError::kNone;
}

}  // namespace

std::uint8_t PhysicalMemoryView::Byte(std::uint64_t address) const {
  // Right because the view stands for physical memory, whose addresses are numbers until somebody reads there; callers
  // have asked Has().
  return *reinterpret_cast<const std::uint8_t*>(base_ + static_cast<std::uintptr_t>(address));
}

std::uint32_t PhysicalMemoryView::Word(std::uint64_t address) const {
  std::uint32_t word = 0;
  for (std::uint32_t i = 0; i < 4; ++i) {
    word |= std::uint32_t{Byte(address + i)} << (8 * i);
  }
  return word;
}

const char* Describe(MultibootError error) {
  switch (error) {
    case MultibootError::kNone:
      return "no error";
    case MultibootError::kInformationOutOfRange:
      return "the Multiboot information is outside memory";
    case MultibootError::kNoMemorySize:
      return "the loader names no usable memory";
    case MultibootError::kMemoryMapCorrupt:
      return "the loader's memory map is corrupt";
    case MultibootError::kNoModule:
      return "no root image: the first Multiboot module must be the root partition's flat image";
    case MultibootError::kModuleListCorrupt:
      return "the loader's module list is corrupt";
    case MultibootError::kModuleEmpty:
      return "a module is empty";
    case MultibootError::kModuleNotAligned:
      return "a module does not begin on a page";
    case MultibootError::kModuleOutsideMemory:
      return "a module lies outside memory: too large for this machine";
    case MultibootError::kModulesOverlap:
      return "modules overlap each other or the kernel";
  }
  return "unknown error";
}

MultibootError ReadMultiboot(const PhysicalMemoryView& view, std::uint32_t address, FrameRange kernel,
                             MultibootInformation& result) {
  if (!view.Has(address, kInformationBytes)) {
    return MultibootError::kInformationOutOfRange;
  }
  const MultibootError error = ReadMemory(view, address, result);
  return error == MultibootError::kNone ? ReadModules(view, address, kernel, result) : error;
}

}  // namespace pip::x86
