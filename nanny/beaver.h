// SPDX-License-Identifier: Apache-2.0
//
// nanny::Beaver: a busy beaver.  Random partitions of a random tree make random calls; some arguments make sense,
// others are chosen to hurt.
#ifndef NANNY_BEAVER_H_
#define NANNY_BEAVER_H_

#include <cstdint>

#include "nanny/world.h"

namespace nanny {

class Beaver {
 public:
  explicit Beaver(World& world) : world_(world), reference_(world.reference()), random_(world.random()) {}

  // Makes this many calls, prints progress, takes everything down and checks that nothing is lost.
  void Run(std::uint32_t calls);

 private:
  void Step();
  // What makes sense: a partition more, memory for it, memory back.
  void Build(Id caller);
  void Tear(Id caller);
  // Any service with any arguments.
  void Try(Id caller);
  void WriteGarbage();
  // A partition makes calls or executes code that nobody follows; then its parent deletes it.
  void Wild(Id id);

  void Make(Id caller, const Call& call);
  Call AnyCall(Id caller);
  Call RandomYield(Id caller);
  Id RandomRunning();
  Id RandomChild(Id caller);
  std::uint32_t AnyAddress(Id caller);
  std::uint32_t AnyChildName(Id caller);
  std::uint32_t OwnPage(Id id);
  std::uint32_t FreePage(Id id);
  std::uint32_t Destination();
  std::uint32_t MakeList(Id caller, std::uint32_t pages);
  bool HasRoom(Id caller, Id child);

  World& world_;
  Reference& reference_;
  Random& random_;
};

}  // namespace nanny

#endif  // NANNY_BEAVER_H_
