// SPDX-License-Identifier: Apache-2.0
//
// nanny::World: makes calls as any partition of a tree, in the kernel and in the reference, and ends the run at the
// first difference.
#ifndef NANNY_WORLD_H_
#define NANNY_WORLD_H_

#include <array>
#include <cstdint>
#include <span>

#include "nanny/agent.h"
#include "nanny/random.h"
#include "nanny/reference.h"
#include "pip/fpinfo.h"

namespace nanny {

class World {
 public:
  constexpr World() : random_(0) {}

  // The pool begins at `pool`; the root's other memory is known from the boot information.
  void Initialise(const pip_fpinfo& boot, std::uint32_t pool, std::uint32_t seed);

  // The name of what is going on, for the line that says what failed.
  void SetPhase(const char* phase, std::uint32_t seed) {
    phase_ = phase;
    seed_ = seed;
    calls_ = 0;
  }
  std::uint32_t calls() const { return calls_; }
  std::uint32_t wild_runs() const { return wild_runs_; }

  // Makes the call as `caller`; `answer`, if any, is what the reference said, and the kernel with it.  False, and
  // nothing is done, if the caller cannot run, and for a yield of which the nanny could not tell what came of it.
  bool Make(Id caller, const Call& call, Entry entry, Answer* answer = nullptr);

  // The partition reads or writes a word of its own memory, or of what is not its own.
  void Touch(Id id, std::uint32_t address, bool write);

  // The partition starts from these registers, whatever they are, and does what it likes; the vector that the nanny is
  // told in the end.  After `ticks` ticks of the timer it is left where it is.  What it did to itself and to what is
  // below it the reference does not know: see DeleteWild.
  std::uint32_t RunWild(Id id, const user_ctx_t& start, std::uint32_t ticks);

  // The same many times, fast: Ready writes homes once, RunAgain only where the partition starts.
  void Ready(Id id) { FillHomes(id); }
  std::uint32_t RunAgain(Id id, const user_ctx_t& start, std::uint32_t ticks);

  // What a partition's home says, and its run from there, whatever comes of it.
  Home HomeFor(Id id) const { return HomeOf(id); }
  std::uint32_t RunAsSet(Id id);

  // The same for a list of calls through the fast entry, of which the reference learns nothing.
  std::uint32_t RunCalls(Id id, std::span<const Call> calls);

  // The registers that a partition had when it was stopped.
  const user_ctx_t& Stopped(Id id) const { return HomeOf(id).stop(); }

  // Deletes a child of which nobody knows what it did; all its pages come back, and nobody else has noticed anything.
  // What was the kernel's comes back cleared, everything else with the words that it held.
  void DeleteWild(Id id);

  // Whether the partition can be made to do something: it and its ancestors have homes of their own.
  bool CanRun(Id id) const;

  // Every page has its signature, and the partitions answer to their names.
  void Audit();

  [[noreturn]] void Fail(const char* what) const;
  void PrintSummary() const;
  std::uint32_t CountOf(Service service, pip_status_t status) const {
    return counts_[static_cast<std::size_t>(service)][static_cast<std::size_t>(status)];
  }

  Reference& reference() { return reference_; }
  Random& random() { return random_; }

 private:
  static constexpr std::uint32_t kTimer = 32;

  Home HomeOf(Id id) const;
  // Homes of the partition and its ancestors, written anew.
  void FillHomes(Id id);
  void MaskWay(Id id);
  void SetWay(Id id, std::uint32_t vector);
  void Go();
  std::uint32_t Start(Id id);
  std::uint32_t Follow(Id id, Id target);
  Id TargetOf(Id caller, const Call& call) const;
  bool CanFollow(Id caller, const Call& call);
  bool OffersOwnPages(std::uint32_t address) const;
  std::uint32_t FollowWithoutHome(Id caller);
  void Compare(const Answer& seen, const Answer& expected) const;
  bool ResumeAfterTick(Id candidate);
  std::uint32_t ToldOf(Id id, std::uint32_t vector) const;
  void CheckReturned();
  // Before and after a deletion of what ran wild, page by page.
  void LookBeforeDeletion(Id id);
  void LookAfterDeletion();
  std::uint32_t SumOf(std::uint32_t frame) const;
  void Sign(Id id, std::uint32_t address);
  void CheckArrival(std::uint32_t vector);
  void MakeAsRoot(const Call& call, Entry entry, const Answer& expected);
  void MakeAsAgent(Id caller, const Call& call, Entry entry, const Answer& expected);
  std::uint32_t Signature(std::uint32_t frame) const { return 0x51670000 + frame; }
  std::uint32_t ContextWord(Id id, std::uint32_t address, std::uint32_t word) const;

  Reference reference_;
  Random random_;
  const char* phase_ = "";
  std::uint32_t seed_ = 0;
  std::uint32_t calls_ = 0;
  const Call* current_ = nullptr;
  Id caller_ = kNobody;
  Call way_{Service::kYield};  // the nanny's own first step of the way that SetWay made
  std::uint32_t told_ = 0;
  user_ctx_t started_{};  // the registers with which the caller began
  // What the reference's target_ had named for it before the call: read before the kernel can change it.
  std::uint32_t target_pc_ = 0;
  std::uint32_t target_fetch_ = 0;
  std::uint32_t target_state_ = 0;
  std::array<std::array<std::uint32_t, kStatuses>, kServices> counts_{};
  std::uint32_t touches_ = 0;
  std::uint32_t wild_runs_ = 0;
  // Pages of the partition that is deleted after running wild: the kernel's, or somebody's with this sum of words.
  enum class Seen : std::uint8_t { kNothing, kHidden, kOpen, kUntold };
  std::array<Seen, kFrames> seen_{};
  std::array<std::uint32_t, kFrames> sums_{};
  bool deletes_wild_ = false;
  std::uint32_t ticks_ = 0;
};

}  // namespace nanny

#endif  // NANNY_WORLD_H_
