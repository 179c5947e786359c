// SPDX-License-Identifier: Apache-2.0
//
// The processor's tables: global descriptors, interrupt descriptors, task states.
#ifndef PIPCORE_ARCH_X86_DESCRIPTORS_H_
#define PIPCORE_ARCH_X86_DESCRIPTORS_H_

#include <cstdint>

namespace pip::x86 {

// Fills and loads all tables.  `directory` is the physical address of the page directory that tasks of last resort use.
void InitializeDescriptors(std::uint32_t directory);

// Where the kernel was when the processor left it for a task of last resort.
std::uint32_t InterruptedInstruction();

}  // namespace pip::x86

#endif  // PIPCORE_ARCH_X86_DESCRIPTORS_H_
