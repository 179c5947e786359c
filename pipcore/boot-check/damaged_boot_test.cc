// SPDX-License-Identifier: Apache-2.0
//
// Whatever one damages of what boot built: the check refuses it, or it harms nobody, in the opinion of a judge who
// reads the manual (boot_judge_test.h) and not the check.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pipcore/boot-check/boot_judge_test.h"
#include "pipcore/boot-check/planted_boot_test.h"

namespace pip {
namespace {

class DamagedBootTest : public PlantedBootTest {
 protected:
  DamagedBootTest() : arm_(kLinkWords != 1) {
    // Right because std::array<uint32_t, 1024> is laid out as uint32_t[1024].
    boot_.memory = reinterpret_cast<Page*>(&physical_memory[0]);
    boot_.frames = kFrames;
    boot_.root = root_.descriptor;
    boot_.running = running_partition;
    boot_.loaded = mmu_root_address;
    boot_.directory = &kernel_directory[0];
    boot_.first_ordinary = arm_ ? 8 : 0x100;
    boot_.is_kernel = [](std::uint32_t p) {
      return (image_begin <= p && p < image_end) || (tables_begin <= p && p < tables_end);
    };
    boot_.is_device = [this](std::uint32_t p) {
      return arm_ ? (p >= 0x3F000 && p < 0x3F400) || p == 0x40000 : p >= 0xB8 && p < 0xC0;
    };
    boot_.judge = arm_ ? JudgeArmTree : JudgeX86Tree;
  }
  static bool Accepts() {
    std::ranges::fill(taken_frames, 0U);
    return check_boot().fault == BOOT_SOUND;
  }
  void ExpectHarmless(const Damage& damage) const {
    EXPECT_TRUE(Accepts()) << "the boot is as it was";
    EXPECT_EQ(Harm(boot_), "");
    EXPECT_LT(damage.accepted, damage.tried);
    EXPECT_GT(damage.accepted, 0U);
    EXPECT_TRUE(damage.harmful.empty()) << damage.harmful.size() << " times; " << damage.harmful.front();
    RecordProperty("tried", std::to_string(damage.tried));
    RecordProperty("accepted", std::to_string(damage.accepted));
  }

  bool arm_;
  JudgedBoot boot_;
};

// PIP_EVERY_BIT: no word is left out; minutes.
TEST_F(DamagedBootTest, EachFlippedBit) {
  const bool every = std::getenv("PIP_EVERY_BIT") != nullptr;
  ExpectHarmless(FlipEachBit(boot_, Accepts, every ? 1 : 31));
}

TEST_F(DamagedBootTest, WordsAtRandom) { ExpectHarmless(Shuffle(boot_, Accepts, 20000)); }

// The judge is no rubber stamp.
TEST_F(DamagedBootTest, TheJudgeSeesHarm) {
  const std::uint32_t image = Image();
  for (const std::uint32_t place : {PIP_DESCRIPTOR_MMU, PIP_DESCRIPTOR_SHADOW1, PIP_DESCRIPTOR_LIST}) {
    Image() = (image & 0xFFF) | Descriptor(place);
    EXPECT_NE(Harm(boot_), "") << place;
  }
  for (const page_t frame : {page_t{0}, image_begin, page_t{kFrames}, root_.descriptor}) {
    Image() = (image & 0xFFF) | frame << 12;
    EXPECT_NE(Harm(boot_), "") << frame;
  }
  Image() = image;
  EXPECT_EQ(Harm(boot_), "");
  Descriptor(PIP_DESCRIPTOR_PARENT) = 0x1000;
  EXPECT_NE(Harm(boot_), "");
  Descriptor(PIP_DESCRIPTOR_PARENT) = 0;
  Leaf(PIP_DESCRIPTOR_SHADOW2, image_slot_, 7) = 1;
  EXPECT_NE(Harm(boot_), "");
}

}  // namespace
}  // namespace pip
