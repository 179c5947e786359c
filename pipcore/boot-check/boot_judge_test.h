// SPDX-License-Identifier: Apache-2.0
//
// A second opinion on the state after boot, for tests: what the manual says that the MMU makes of the words, and
// whether that could harm anybody.  Uses neither the boot check nor its primitives, and has its numbers from the manual
// and docs/abi.md, written again on purpose: a wrong number of the kernel is to be seen here.
#ifndef PIPCORE_BOOT_CHECK_BOOT_JUDGE_TEST_H_
#define PIPCORE_BOOT_CHECK_BOOT_JUDGE_TEST_H_

#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pip {

using Page = std::array<std::uint32_t, 1024>;

struct JudgedBoot;

// What an architecture says of a top table.
struct JudgedTree {
  std::vector<std::uint32_t> tables;      // of leaves, by their frames, in the order of slots
  std::vector<std::uint32_t> slots;       // where they hang
  std::vector<std::uint32_t> accessible;  // frames that user mode reaches, one for each page
  std::string harm;                       // what must not be there
};

struct JudgedBoot {
  Page* memory = nullptr;  // by frames
  std::uint32_t frames = 0;
  std::uint32_t root = 0;            // frame of the root's descriptor
  std::uint32_t running = 0;         // that of the partition that would run
  std::uint32_t loaded = 0;          // address of the table that the MMU uses
  const std::uint32_t* directory{};  // the kernel's entries
  std::uint32_t first_ordinary = 0;  // frames below belong to nobody
  std::function<bool(std::uint32_t)> is_kernel;
  std::function<bool(std::uint32_t)> is_device;
  JudgedTree (*judge)(const JudgedBoot&, std::uint32_t top) = nullptr;
};

// 32-bit paging (Intel SDM volume 3A, section 4.3).
inline JudgedTree JudgeX86Tree(const JudgedBoot& boot, std::uint32_t top) {
  JudgedTree tree;
  for (std::uint32_t slot = 0; slot < 1024; ++slot) {
    const std::uint32_t upper = boot.memory[top][slot];
    if (slot == 0 || (slot >= 832 && slot < 1023)) {
      // Accessed and dirty are no difference.
      if (top == boot.loaded >> 12 && ((upper ^ boot.directory[slot]) & ~0x60U) != 0) {
        tree.harm = "an entry of the kernel differs";
      }
      if (top == boot.loaded >> 12 && (upper & 5) == 5) {
        tree.harm = "an entry of the kernel is accessible";
      }
      continue;
    }
    if ((upper & 1) == 0) {
      tree.harm = upper == 0 ? tree.harm : "an absent entry is not 0";
      continue;
    }
    if ((upper & 0x80) != 0 || upper >> 12 >= boot.frames) {
      tree.harm = "a large page, or a table that does not exist";
      continue;
    }
    tree.tables.push_back(upper >> 12);
    tree.slots.push_back(slot);
    for (const std::uint32_t lower : boot.memory[upper >> 12]) {
      if ((upper & lower & 5) == 5) {
        tree.accessible.push_back(lower >> 12);
        tree.harm = (lower & 0x100) != 0 ? "a user page is global" : tree.harm;
      }
    }
  }
  return tree;
}

// Short descriptors (ARM DDI 0406C, section B3.5.1) with TTBCR.N = 2, SCTLR.AFE = 1 and access to domain 0 only.
inline JudgedTree JudgeArmTree(const JudgedBoot& boot, std::uint32_t top) {
  JudgedTree tree;
  for (std::uint32_t i = 0; i < 1024; ++i) {
    const std::uint32_t upper = boot.memory[top][i];
    if (upper == 0) {
      continue;
    }
    if ((upper & 3) != 1 || upper >> 12 >= boot.frames) {
      tree.harm = "a section, a reserved entry, or a table that does not exist";
      continue;
    }
    // Four entries lead to the four quarters of a page.
    if ((upper >> 10 & 3) != i % 4 || upper >> 12 != boot.memory[top][i & ~3U] >> 12) {
      tree.harm = "a link that is not whole";
    }
    if (i % 4 == 0) {
      tree.tables.push_back(upper >> 12);
      tree.slots.push_back(i / 4);
    }
    for (std::uint32_t j = 0; j < 256; ++j) {
      const std::uint32_t lower = boot.memory[upper >> 12][(upper >> 10 & 3) * 256 + j];
      if ((lower & 3) == 1) {
        tree.harm = "a large page";
      }
      if ((lower & 2) != 0 && (lower & 1U << 5) != 0) {
        tree.accessible.push_back(lower >> 12);
        tree.harm = (lower & 1U << 11) == 0 ? "a user page is global" : tree.harm;
      }
    }
  }
  return tree;
}

// Why this boot could harm somebody; "" if it could not: what is a structure, kernel, or twice there is no user page;
// shadows and list say nothing; the root runs.
inline std::string Harm(const JudgedBoot& boot) {
  const Page& descriptor = boot.memory[boot.root];
  if (boot.running != boot.root || boot.loaded != descriptor[0]) {
    return "another partition runs, or on another table";
  }
  std::vector<std::uint32_t> structures = {boot.root};
  for (std::size_t i = 0; i < 4; ++i) {
    if ((descriptor[i] & 0xFFF) != 0 || descriptor[i] >> 12 >= boot.frames) {
      return "the descriptor names what is no page";
    }
    structures.push_back(descriptor[i] >> 12);
  }
  const Page& list = boot.memory[descriptor[3] >> 12];
  if (descriptor[4] != 0 || descriptor[5] != 0 || list[0] != 0 || list[1] != 0 || list[2] != 0) {
    return "the root has a parent, takes interrupts, or has a list";
  }
  JudgedTree trees[3];
  for (std::size_t i = 0; i < 3; ++i) {
    trees[i] = boot.judge(boot, descriptor[i] >> 12);
    if (!trees[i].harm.empty()) {
      return trees[i].harm;
    }
    structures.insert(structures.end(), trees[i].tables.begin(), trees[i].tables.end());
  }
  if (trees[1].slots != trees[0].slots || trees[2].slots != trees[0].slots) {
    return "the trees differ";
  }
  for (std::size_t i = 1; i < 3; ++i) {
    for (const std::uint32_t table : trees[i].tables) {
      for (const std::uint32_t word : boot.memory[table]) {
        if (word != 0) {
          return "a shadow is not empty";
        }
      }
    }
  }
  std::vector<bool> used(1U << 20, false);
  const auto use = [&](std::uint32_t frame, bool device) {
    const bool memory = boot.first_ordinary <= frame && frame < boot.frames;
    if (used[frame] || boot.is_kernel(frame) || !(memory || (device && boot.is_device(frame)))) {
      return false;
    }
    used[frame] = true;
    return true;
  };
  for (const std::uint32_t frame : structures) {
    if (!use(frame, false)) {
      return "a structure stands in a frame that is not its own";
    }
  }
  for (const std::uint32_t frame : trees[0].accessible) {
    if (!use(frame, true)) {
      return "user mode reaches a frame that is not its own";
    }
  }
  return "";
}

// The frames of the root's structures, each once.
inline std::set<std::uint32_t> Structures(const JudgedBoot& boot) {
  std::set<std::uint32_t> frames = {boot.root};
  for (std::size_t i = 0; i < 4; ++i) {
    frames.insert(boot.memory[boot.root][i] >> 12);
    if (i < 3) {
      const JudgedTree tree = boot.judge(boot, boot.memory[boot.root][i] >> 12);
      frames.insert(tree.tables.begin(), tree.tables.end());
    }
  }
  return frames;
}

struct Damage {
  std::uint32_t tried = 0;
  std::uint32_t accepted = 0;
  std::vector<std::string> harmful;  // those accepted that do harm
};

// Flips each bit, one at a time, of the first words of each structure, of all that say something in the root's top
// tables and descriptor, and of every `stride`-th other word; `accepts` asks the check.
inline Damage FlipEachBit(const JudgedBoot& boot, const std::function<bool()>& accepts, std::uint32_t stride) {
  Damage damage;
  std::set<std::uint32_t> tops = {boot.root};
  for (std::size_t i = 0; i < 3; ++i) {
    tops.insert(boot.memory[boot.root][i] >> 12);
  }
  for (const std::uint32_t frame : Structures(boot)) {
    for (std::uint32_t i = 0; i < 1024; ++i) {
      std::uint32_t& word = boot.memory[frame][i];
      const bool top = tops.contains(frame) && word != 0 && word != 0xFFFFFFFF;
      for (std::uint32_t bit = 0; bit < 32 && (i < 8 || top || (i + frame) % stride == 0); ++bit) {
        word ^= 1U << bit;
        ++damage.tried;
        if (accepts()) {
          ++damage.accepted;
          const std::string harm = Harm(boot);
          if (!harm.empty()) {
            damage.harmful.push_back(std::to_string(frame) + ", word " + std::to_string(i) + ", bit " +
                                     std::to_string(bit) + ": " + harm);
          }
        }
        word ^= 1U << bit;
      }
    }
  }
  return damage;
}

// Copies words of structures over others, with a bit changed now and then, one to four at a time.
inline Damage Shuffle(const JudgedBoot& boot, const std::function<bool()>& accepts, std::uint32_t times) {
  Damage damage;
  std::mt19937 random(6);
  const auto below = [&](std::size_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  std::vector<std::uint32_t*> words;
  for (const std::uint32_t frame : Structures(boot)) {
    for (std::uint32_t& word : boot.memory[frame]) {
      // All that say something, and one of the others in sixteen.
      if (word != 0 || below(16) == 0) {
        words.push_back(&word);
      }
    }
  }
  for (; damage.tried < times; ++damage.tried) {
    std::vector<std::pair<std::uint32_t*, std::uint32_t>> old;
    for (std::uint32_t i = below(4) + 1; i > 0; --i) {
      std::uint32_t* const word = words[below(words.size())];
      old.emplace_back(word, *word);
      const std::uint32_t other = *words[below(words.size())];
      switch (below(4)) {
        case 0:
          *word = other;
          break;
        case 1:
          *word = other ^ 1U << below(32);
          break;
        case 2:
          *word = (*word & 0xFFF) | (other & ~0xFFFU);
          break;
        default:
          *word = (below(boot.frames + 16) << 12) | (*word & 0xFFF);
      }
    }
    if (accepts()) {
      ++damage.accepted;
      const std::string harm = Harm(boot);
      if (!harm.empty()) {
        damage.harmful.push_back("try " + std::to_string(damage.tried) + ": " + harm);
      }
    }
    for (auto i = old.rbegin(); i != old.rend(); ++i) {
      *i->first = i->second;
    }
  }
  return damage;
}

}  // namespace pip

#endif  // PIPCORE_BOOT_CHECK_BOOT_JUDGE_TEST_H_
