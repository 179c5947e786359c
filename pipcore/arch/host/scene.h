// SPDX-License-Identifier: Apache-2.0
// The scene of the services' tests: a root partition with children, one of which has a child too.
#ifndef PIPCORE_ARCH_HOST_SCENE_H_
#define PIPCORE_ARCH_HOST_SCENE_H_

#include <cstdint>

#include "pipcore/arch/host/lock_step.h"
#include "pipcore/arch/host/program.h"

namespace pip::host {

// The oracle that all tests of a program share.
OracleProcess& SharedOracle();

// Every scene is the same machine, built once and put back to its beginning: the one before is over.
struct Scene {
  Scene();

  // Addresses in the child: a table without a page, and pages that it gave to its own child.
  static constexpr std::uint32_t kEmptyTable = 0x10000000;
  // Of the root partition: nothing is mapped in this table, and no table is there.
  static constexpr std::uint32_t kUnmapped = 0x00780000;
  static constexpr std::uint32_t kNoTable = 0x20000000;
  static constexpr std::uint32_t kKernelSpace = 0xD0000000;

  LockStep& machine;
  Pages pages;                 // free pages of the root partition
  Child child;                 // can run; has kEmptyTable prepared
  Child sibling;               // can run
  std::uint32_t bare;          // descriptor of a child without any table
  Child grandchild;            // of child: addresses there
  Pages child_pages;           // free pages of child: addresses there
  std::uint32_t hidden;        // page of the root partition that is a structure of child
  std::uint32_t given;         // page of the root partition that child maps
  std::uint32_t child_hidden;  // address in child of a structure of grandchild
  std::uint32_t child_given;   // address in child of a page that grandchild maps

 private:
  explicit Scene(LockStep& fresh);
};

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_SCENE_H_
