// SPDX-License-Identifier: Apache-2.0
//
// nanny::Reference: what the services must do, written down a second time and in another way: no tables of tables, no
// shadow trees, but lists of mappings.  The nanny makes every call here and in the kernel, and the answers must agree.
//
// Its memory is a pool of pages of the root, its partitions are the root (0) and those made from the pool.
#ifndef NANNY_REFERENCE_H_
#define NANNY_REFERENCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "pip/calltable.h"
#include "pip/services.h"

namespace nanny {

enum class Service : std::uint8_t {
  kCreatePartition = PIP_SERVICE_CREATE_PARTITION,
  kCountToMap = PIP_SERVICE_COUNT_TO_MAP,
  kPrepare = PIP_SERVICE_PREPARE,
  kAddVAddr = PIP_SERVICE_ADD_VADDR,
  kGetIntState = PIP_SERVICE_GET_INT_STATE,
  kSetIntState = PIP_SERVICE_SET_INT_STATE,
  kRemoveVAddr = PIP_SERVICE_REMOVE_VADDR,
  kMappedInChild = PIP_SERVICE_MAPPED_IN_CHILD,
  kDeletePartition = PIP_SERVICE_DELETE_PARTITION,
  kCollect = PIP_SERVICE_COLLECT,
  kYield = PIP_SERVICE_YIELD,
};
inline constexpr std::size_t kServices = 11;
inline constexpr std::size_t kStatuses = 26;

const char* NameOf(Service service);

// The arguments in the order of the ABI; addVAddr has its rights as one word of PIP_READ | PIP_WRITE | PIP_EXECUTE.
struct Call {
  Service service;
  std::array<std::uint32_t, 5> arguments{};
};

struct Answer {
  std::int32_t status = PIP_DONE;  // a pip_status_t; what the kernel says may be none
  std::uint32_t value = 0;
};

using Id = std::int32_t;
inline constexpr Id kRoot = 0;
inline constexpr Id kNobody = -1;

struct Mapping {
  std::uint32_t address = 0;
  std::uint32_t frame = 0;  // of the pool
  bool write = false;
  bool execute = false;
  Id given = kNobody;  // the child that has the page, as memory or as kernel structure
};

// Three tables of a child, by the addresses at which its parent gave their pages.
struct Table {
  std::uint32_t slot = 0;  // address / 4 MiB
  std::array<std::uint32_t, 3> origins{};
};

// A list of at most `capacity` values.
template <typename T, std::size_t capacity>
struct List {
  std::array<T, capacity> values{};
  std::uint32_t count = 0;

  bool full() const { return count == capacity; }
  void Add(const T& value) { values[count++] = value; }
  void Drop(std::uint32_t i) { values[i] = values[--count]; }
  T* begin() { return values.data(); }
  T* end() { return values.data() + count; }
  const T* begin() const { return values.data(); }
  const T* end() const { return values.data() + count; }
};

inline constexpr std::uint32_t kFrames = 240;
inline constexpr std::uint32_t kMappings = 256;
inline constexpr std::uint32_t kTables = 32;
inline constexpr Id kPartitions = 32;

struct Partition {
  bool alive = false;
  Id parent = kNobody;
  std::uint32_t descriptor = 0;  // in the parent
  bool unmasked = false;         // VSTI
  List<Mapping, kMappings> mappings;
  List<Table, kTables> tables;  // not the root's
};

// A page that came back from the kernel: what word 0 must hold; everything else must be 0.
struct Returned {
  std::uint32_t frame = 0;
  std::uint32_t link = 0;
};

// Memory of the root beside the pool in which contexts may lie.
struct RootRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

class Reference {
 public:
  // The pool is kFrames pages of the root from `pool` on; the root has tables for the addresses of the ranges.
  void Initialise(std::uint32_t pool);
  void AddRootTables(std::uint32_t begin, std::uint32_t end);
  void AddRootRange(std::uint32_t begin, std::uint32_t end) { root_ranges_.Add({begin, end}); }

  // Makes the call; the answer is what the kernel must say.
  Answer Make(Id caller, const Call& call);

  // Who runs after a yield that was done; where the caller's registers were saved, 0 if nowhere.
  Id target() const { return target_; }
  std::uint32_t saved_context() const { return saved_context_; }

  const List<Returned, kFrames>& returned() const { return returned_; }

  Partition& at(Id id) { return partitions_[static_cast<std::size_t>(id)]; }
  const Partition& at(Id id) const { return partitions_[static_cast<std::size_t>(id)]; }
  bool IsKernels(std::uint32_t frame) const { return kernels_[frame]; }
  const Mapping* Find(Id id, std::uint32_t address) const;
  bool HasTable(Id id, std::uint32_t address) const;
  Id ChildAt(Id caller, std::uint32_t address) const;
  std::uint32_t DepthOf(Id id) const;
  // Where the root has a page of the pool.
  std::uint32_t AddressOf(std::uint32_t frame) const { return pool_ + frame * 4096; }
  std::uint32_t* WordsOf(std::uint32_t frame) const;
  // The word that a partition sees at an address, if user mode may read it there.
  std::optional<std::uint32_t> WordAt(Id id, std::uint32_t address) const;
  bool RoomForPartition() const;
  bool Reaches(Id id, std::uint32_t address, bool write) const;

 private:
  Answer Create(Id caller, const Call& call);
  Answer CountToMap(Id caller, const Call& call) const;
  Answer Prepare(Id caller, const Call& call);
  pip_status_t Add(Id caller, const Call& call);
  pip_status_t Remove(Id caller, const Call& call);
  Answer MappedInChild(Id caller, const Call& call) const;
  pip_status_t Delete(Id caller, const Call& call);
  Answer Collect(Id caller, const Call& call);
  pip_status_t Yield(Id caller, const Call& call);

  pip_status_t Offer(Id caller, std::uint32_t address) const;
  Mapping* FindToChange(Id id, std::uint32_t address);
  void Give(Id caller, std::uint32_t address, Id child);
  void TakeBack(Mapping& mapping, std::uint32_t link);
  void Kill(Id id);
  bool ContextIsReachable(Id id, std::uint32_t address, bool write) const;

  std::uint32_t pool_ = 0;
  std::array<Partition, kPartitions> partitions_;
  std::array<bool, kFrames> kernels_{};
  std::array<bool, 1024> root_tables_{};
  List<RootRange, 8> root_ranges_;
  List<Returned, kFrames> returned_;
  Id target_ = kNobody;
  std::uint32_t saved_context_ = 0;
};

// Whether the kernel takes the address for one of user space: page-aligned, not one of its own.
bool IsUserAddress(std::uint32_t address);

}  // namespace nanny

#endif  // NANNY_REFERENCE_H_
