// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/x86/descriptors.h"

#include <array>
#include <cstddef>

#include "pipcore/arch/x86/layout.h"

extern "C" {
// entry.S
extern const std::uint32_t interrupt_entries[256];
extern const std::uint32_t gate_entries[PIP_GATE_COUNT];
void nmi_task_entry();
void double_fault_task_entry();
void machine_check_task_entry();
// boot.S
extern char kernel_stack_top[];
void ReloadSegments();
}

namespace pip::x86 {
namespace {

// Intel SDM volume 3A, sections 3.4.5 (segment descriptors), 5.8.3 (call gates), 6.11 (interrupt and task gates),
// 7.2.2 (TSS descriptor): all of them two words.
struct Descriptor {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
};

constexpr std::uint32_t kPresent = 1U << 15;
constexpr std::uint32_t kUserLevel = 3U << 13;
constexpr std::uint32_t kCodeOrData = 1U << 12;
// With the bit "accessed", so that the processor never writes to the table.
constexpr std::uint32_t kCodeReadable = 0xBU << 8;
constexpr std::uint32_t kDataWritable = 0x3U << 8;
constexpr std::uint32_t kTask = 0x9U << 8;
constexpr std::uint32_t kCallGate = 0xCU << 8;
constexpr std::uint32_t kInterruptGate = 0xEU << 8;
constexpr std::uint32_t kTaskGate = 0x5U << 8;
constexpr std::uint32_t kFlat = 0x00CF0000;  // limit 4 GiB in pages, 32 bits

constexpr Descriptor FlatSegment(std::uint32_t type) { return {0xFFFF, kFlat | kPresent | kCodeOrData | type}; }
constexpr Descriptor Gate(std::uint32_t selector, std::uint32_t offset, std::uint32_t type) {
  return {(selector << 16) | (offset & 0xFFFF), (offset & 0xFFFF0000) | kPresent | type};
}
constexpr Descriptor System(std::uint32_t base, std::uint32_t bytes, std::uint32_t type) {
  return {((base & 0xFFFF) << 16) | (bytes - 1), (base & 0xFF000000) | ((base >> 16) & 0xFF) | kPresent | type};
}

// Intel SDM volume 3A, section 7.2.1.
struct TaskState {
  std::uint32_t link;
  std::uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
  std::uint32_t cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
  std::uint32_t es, cs, ss, ds, fs, gs, ldt;
  std::uint16_t trap, io_map;
};
static_assert(sizeof(TaskState) == 104);

constexpr std::size_t kDescriptorCount = PIP_MACHINE_CHECK_TASK / 8 + 1;
constexpr std::size_t kLastResortStackBytes = 2048;

alignas(8) std::array<Descriptor, kDescriptorCount> global_descriptors;
alignas(8) std::array<Descriptor, 256> interrupt_descriptors;
alignas(128) TaskState main_task;
alignas(128) std::array<TaskState, 3> last_resort_tasks;
alignas(16) std::array<std::byte, kLastResortStackBytes> last_resort_stack;

// Right because the kernel is identity-mapped: the number is the address, and the processor wants numbers.
template <typename T>
std::uint32_t AddressOf(const T* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}
std::uint32_t AddressOf(void (*function)()) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(function));
}

Descriptor TaskDescriptor(TaskState& task) { return System(AddressOf(&task), sizeof(TaskState), kTask); }

void FillGlobalDescriptors() {
  auto& table = global_descriptors;
  table[PIP_KERNEL_CODE / 8] = FlatSegment(kCodeReadable);
  table[PIP_KERNEL_DATA / 8] = FlatSegment(kDataWritable);
  table[PIP_USER_CODE / 8] = FlatSegment(kCodeReadable | kUserLevel);
  table[PIP_USER_DATA / 8] = FlatSegment(kDataWritable | kUserLevel);
  table[PIP_TASK / 8] = TaskDescriptor(main_task);
  for (std::size_t i = 0; i < PIP_GATE_COUNT; ++i) {
    // No parameter count: the processor would read the user's stack with the kernel's rights.  Selector 0x90 is not
    // part of the interface.
    if (PIP_FIRST_GATE + 8 * i != 0x90) {
      table[PIP_FIRST_GATE / 8 + i] = Gate(PIP_KERNEL_CODE, gate_entries[i], kCallGate | kUserLevel);
    }
  }
  table[PIP_NMI_TASK / 8] = TaskDescriptor(last_resort_tasks[0]);
  table[PIP_DOUBLE_FAULT_TASK / 8] = TaskDescriptor(last_resort_tasks[1]);
  table[PIP_MACHINE_CHECK_TASK / 8] = TaskDescriptor(last_resort_tasks[2]);
}

void FillInterruptDescriptors() {
  constexpr std::size_t kBreakpoint = 3;
  constexpr std::size_t kOverflow = 4;
  for (std::size_t i = 0; i < interrupt_descriptors.size(); ++i) {
    // INT n, INT3 and INTO reach only gates of user level (Intel SDM volume 3A, section 6.12.1.2).
    const bool software = i == kBreakpoint || i == kOverflow || i >= PIP_FIRST_SOFTWARE_VECTOR;
    interrupt_descriptors[i] =
        Gate(PIP_KERNEL_CODE, interrupt_entries[i], kInterruptGate | (software ? kUserLevel : 0));
  }
  interrupt_descriptors[2] = Gate(PIP_NMI_TASK, 0, kTaskGate);
  interrupt_descriptors[8] = Gate(PIP_DOUBLE_FAULT_TASK, 0, kTaskGate);
  interrupt_descriptors[18] = Gate(PIP_MACHINE_CHECK_TASK, 0, kTaskGate);
}

void FillTasks(std::uint32_t directory) {
  main_task.ss0 = PIP_KERNEL_DATA;
  main_task.esp0 = AddressOf(kernel_stack_top);
  main_task.io_map = sizeof(TaskState);  // past the limit: no port for user mode (volume 1, section 19.5.2)
  const std::array<void (*)(), 3> entries = {nmi_task_entry, double_fault_task_entry, machine_check_task_entry};
  for (std::size_t i = 0; i < last_resort_tasks.size(); ++i) {
    TaskState& task = last_resort_tasks[i];
    task.cr3 = directory;
    task.eip = AddressOf(entries[i]);
    task.eflags = PIP_EFLAGS_FIXED;
    // They share a stack: whichever comes first never returns.
    task.esp = AddressOf(last_resort_stack.data() + last_resort_stack.size());
    task.cs = PIP_KERNEL_CODE;
    task.ss = PIP_KERNEL_DATA;
    task.ds = PIP_USER_DATA;
    task.es = PIP_USER_DATA;
    task.io_map = sizeof(TaskState);
  }
}

// The operand of LGDT and LIDT (Intel SDM volume 2A).
struct __attribute__((packed)) TableRegister {
  std::uint16_t limit;
  std::uint32_t base;
};

}  // namespace

void InitializeDescriptors(std::uint32_t directory) {
  FillGlobalDescriptors();
  FillInterruptDescriptors();
  FillTasks(directory);
  const TableRegister global = {sizeof(global_descriptors) - 1, AddressOf(global_descriptors.data())};
  const TableRegister interrupt = {sizeof(interrupt_descriptors) - 1, AddressOf(interrupt_descriptors.data())};
  // volatile: loads registers of the processor; "memory": the tables must have been filled.
  asm volatile("lgdt %0" : : "m"(global) : "memory");
  asm volatile("lidt %0" : : "m"(interrupt) : "memory");
  ReloadSegments();
  // No local descriptor table, and the task whose stack entries use.
  asm volatile("lldt %w0" : : "r"(0) : "memory");
  asm volatile("ltr %w0" : : "r"(PIP_TASK) : "memory");
}

std::uint32_t InterruptedInstruction() { return main_task.eip; }

}  // namespace pip::x86
