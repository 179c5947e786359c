// SPDX-License-Identifier: Apache-2.0
#include "nanny/exhaustive_x86.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "nanny/agent.h"
#include "nanny/machine.h"
#include "pip/stdio.h"

extern "C" {
using Piece = const std::uint8_t[];
extern Piece nanny_pieces, nanny_pieces_end;
extern Piece nanny_piece_in_byte, nanny_piece_out_byte, nanny_piece_in_half, nanny_piece_out_half, nanny_piece_in_word,
    nanny_piece_out_word, nanny_piece_in_string, nanny_piece_out_string, nanny_piece_in_words, nanny_piece_out_words;
extern Piece nanny_piece_far_call, nanny_piece_far_jump, nanny_piece_far_return, nanny_piece_interrupt_return,
    nanny_piece_load_ds, nanny_piece_load_es, nanny_piece_load_fs, nanny_piece_load_gs, nanny_piece_load_ss,
    nanny_piece_ask_about;
extern Piece nanny_piece_popf_then_gate, nanny_piece_popf_then_yield, nanny_piece_popf_then_sysenter,
    nanny_piece_popf_then_int, nanny_piece_popf_then_int3, nanny_piece_popf_then_undefined,
    nanny_piece_popf_then_page_fault, nanny_piece_popf_then_protection, nanny_piece_popf_then_port,
    nanny_piece_popf_then_tick;
extern Piece nanny_piece_iret_then_gate, nanny_piece_iret_then_yield, nanny_piece_iret_then_sysenter,
    nanny_piece_iret_then_int, nanny_piece_iret_then_int3, nanny_piece_iret_then_undefined,
    nanny_piece_iret_then_page_fault, nanny_piece_iret_then_protection, nanny_piece_iret_then_port,
    nanny_piece_iret_then_tick;
extern Piece nanny_piece_context_then_gate, nanny_piece_context_then_yield, nanny_piece_context_then_sysenter,
    nanny_piece_context_then_int, nanny_piece_context_then_int3, nanny_piece_context_then_undefined,
    nanny_piece_context_then_page_fault, nanny_piece_context_then_protection, nanny_piece_context_then_port,
    nanny_piece_context_then_tick;
extern Piece nanny_piece_sysenter, nanny_piece_come_back;
}

namespace nanny {
namespace {

constexpr std::uint32_t kStack = NANNY_POINTER + 0x800;
constexpr std::uint32_t kPatience = 1000;
constexpr std::uint32_t kFastTicks = 2386;  // 500 a second
constexpr std::uint32_t kTrap = 1;
constexpr std::uint32_t kBreakpoint = 3;
constexpr std::uint32_t kUndefined = 6;
constexpr std::uint32_t kNotPresent = 11;
constexpr std::uint32_t kProtection = 13;
constexpr std::uint32_t kPageFault = 14;
constexpr std::uint32_t kTimer = 32;

constexpr std::uint32_t kTrapFlag = 0x100;
constexpr std::uint32_t kVirtual8086 = 0x20000;
constexpr std::uint32_t kPrivilegedFlags = 0x3000 | kVirtual8086;  // IOPL, VM
// TF, DF, IOPL, NT, VM, AC.
constexpr std::array<std::uint32_t, 6> kFlags = {kTrapFlag, 0x400, 0x3000, 0x4000, kVirtual8086, 0x40000};

constexpr std::uint32_t kSelectors = 0x10000;
// The GDT (docs/abi.md): segments of the user, a gate that is missing; the rest is the kernel's.
constexpr std::uint32_t kUserCode = 0x18;
constexpr std::uint32_t kUserData = 0x20;
constexpr std::uint32_t kMissingGate = 0x90;

class Everything {
 public:
  Everything(World& world, Id attacker) : world_(world), attacker_(attacker) {}

  std::uint32_t Run();

 private:
  user_ctx_t Registers(const std::uint8_t* piece) const {
    user_ctx_t context;
    pip_context_initialise(&context, AddressOf(piece), kStack, 0);
    context.regs.esi = NANNY_POINTER;
    context.regs.edi = NANNY_POINTER;
    context.regs.ecx = 1;
    return context;
  }
  static std::uint32_t AddressOf(const std::uint8_t* piece) {
    return NANNY_PIECES + static_cast<std::uint32_t>(piece - nanny_pieces);
  }
  std::uint32_t Execute(const user_ctx_t& context, std::uint32_t patience = kPatience) {
    ++cases_;
    return world_.RunAgain(attacker_, context, patience);
  }
  void Require(bool condition, const char* what, std::uint32_t piece, std::uint32_t which, std::uint32_t told) {
    if (!condition) {
      printf("nanny: piece %u, case %#x, told of %u\n", piece, which, told);
      world_.Fail(what);
    }
  }
  void Ports();
  void Selectors();
  void Flags();
  void FlagsBefore(std::uint32_t flags, std::uint32_t kind, std::uint32_t way);
  void Stacks();

  World& world_;
  Id attacker_;
  std::uint32_t cases_ = 0;
};

// No instruction reaches any port: the TSS has no permission map, and IOPL is 0.
void Everything::Ports() {
  constexpr std::array<const std::uint8_t*, 10> kPieces = {
      nanny_piece_in_byte,  nanny_piece_out_byte, nanny_piece_in_half,   nanny_piece_out_half,  nanny_piece_in_word,
      nanny_piece_out_word, nanny_piece_in_words, nanny_piece_out_words, nanny_piece_in_string, nanny_piece_out_string};
  for (std::uint32_t i = 0; i < kPieces.size(); ++i) {
    user_ctx_t context = Registers(kPieces[i]);
    for (std::uint32_t port = 0; port < 0x10000; ++port) {
      context.regs.edx = port;
      context.regs.eax = ~port;
      const std::uint32_t told = Execute(context);
      Require(told == kProtection, "a partition reaches a port", i, port, told);
    }
  }
}

// Calls, jumps, returns to each selector, and each selector in each segment register.  Gates do what they do with
// arguments of 0; a yield to the parent arrives at vector 0.
void Everything::Selectors() {
  enum class Use : std::uint8_t { kCall, kJump, kReturn, kData, kStack, kNothing };
  struct Instruction {
    const std::uint8_t* piece;
    Use use;
  };
  constexpr std::array<Instruction, 10> kInstructions = {{{nanny_piece_far_call, Use::kCall},
                                                          {nanny_piece_far_jump, Use::kJump},
                                                          {nanny_piece_far_return, Use::kReturn},
                                                          {nanny_piece_interrupt_return, Use::kReturn},
                                                          {nanny_piece_load_ds, Use::kData},
                                                          {nanny_piece_load_es, Use::kData},
                                                          {nanny_piece_load_fs, Use::kData},
                                                          {nanny_piece_load_gs, Use::kData},
                                                          {nanny_piece_load_ss, Use::kStack},
                                                          {nanny_piece_ask_about, Use::kNothing}}};
  for (std::uint32_t i = 0; i < kInstructions.size(); ++i) {
    const Use use = kInstructions[i].use;
    user_ctx_t context = Registers(kInstructions[i].piece);
    for (std::uint32_t selector = 0; selector < kSelectors; ++selector) {
      context.regs.eax = selector;
      const std::uint32_t told = Execute(context);
      const std::uint32_t entry = selector & ~7U;
      const bool in_gdt = (selector & 4) == 0;
      const std::uint32_t level = selector & 3;
      bool right = told == kProtection || (told == kNotPresent && in_gdt && entry == kMissingGate);
      if (use == Use::kNothing || (use == Use::kData && selector < 4) ||
          (use == Use::kData && in_gdt && (entry == kUserCode || entry == kUserData)) ||
          (use == Use::kStack && selector == (kUserData | 3))) {
        right = told == kUndefined;  // it comes through
      } else if (in_gdt && entry == kUserCode &&
                 (use == Use::kCall || use == Use::kJump || (use == Use::kReturn && level == 3))) {
        right = told == kPageFault;  // its own code segment, at address 0
      } else if (use == Use::kCall && in_gdt && entry >= PIP_GATE_OUTB && entry <= PIP_GATE_YIELD &&
                 entry != kMissingGate) {
        right = told == (entry == PIP_GATE_YIELD ? 0 : kUndefined);
      }
      Require(right, "a selector is something else than the interface says", i, selector, told);
    }
  }
}

// All sets of the flags that a kernel could trip over, set in each way, before each way into the kernel: what comes is
// what would come without them, or the single step that the partition asked for; and no flag that is not its own stays.
void Everything::FlagsBefore(std::uint32_t flags, std::uint32_t kind, std::uint32_t way) {
  constexpr std::size_t kWays = 10;
  constexpr std::size_t kSysenter = 2;
  constexpr std::size_t kTick = 9;
  constexpr std::array<std::array<const std::uint8_t*, kWays>, 3> kPieces = {
      {{nanny_piece_popf_then_gate, nanny_piece_popf_then_yield, nanny_piece_popf_then_sysenter,
        nanny_piece_popf_then_int, nanny_piece_popf_then_int3, nanny_piece_popf_then_undefined,
        nanny_piece_popf_then_page_fault, nanny_piece_popf_then_protection, nanny_piece_popf_then_port,
        nanny_piece_popf_then_tick},
       {nanny_piece_iret_then_gate, nanny_piece_iret_then_yield, nanny_piece_iret_then_sysenter,
        nanny_piece_iret_then_int, nanny_piece_iret_then_int3, nanny_piece_iret_then_undefined,
        nanny_piece_iret_then_page_fault, nanny_piece_iret_then_protection, nanny_piece_iret_then_port,
        nanny_piece_iret_then_tick},
       {nanny_piece_context_then_gate, nanny_piece_context_then_yield, nanny_piece_context_then_sysenter,
        nanny_piece_context_then_int, nanny_piece_context_then_int3, nanny_piece_context_then_undefined,
        nanny_piece_context_then_page_fault, nanny_piece_context_then_protection, nanny_piece_context_then_port,
        nanny_piece_context_then_tick}}};
  constexpr std::array<std::uint32_t, kWays> kTold = {kUndefined, 0,          kUndefined,  NANNY_SOFTWARE, kBreakpoint,
                                                      kUndefined, kPageFault, kProtection, kProtection,    kTimer};
  if (way == kSysenter && !HasFastEntry()) {
    return;
  }
  user_ctx_t context = Registers(kPieces[kind][way]);
  context.regs.eax = flags;
  if (kind == 2) {
    context.eflags = flags;
  }
  const std::uint32_t told = Execute(context, way == kTick ? 1 : kPatience);
  bool right = told == kTold[way] || ((flags & kTrapFlag) != 0 && told == kTrap);
  if (kind == 1 && (flags & kVirtual8086) != 0) {
    // QEMU 7.2 obeys, and the first fetch faults; a processor ignores the bit.
    right = right || told == kPageFault || told == kProtection;
  }
  Require(right, "flags before a way into the kernel change what comes of it", kind * 100 + way, flags, told);
  if (told != 0 && !(kind == 1 && (flags & kVirtual8086) != 0)) {
    Require((world_.Stopped(attacker_).eflags & kPrivilegedFlags) == 0, "a partition has flags of the kernel's",
            kind * 100 + way, flags, told);
  }
}

void Everything::Flags() {
  SetTicks(kFastTicks);
  for (std::uint32_t set = 0; set < 1U << kFlags.size(); ++set) {
    std::uint32_t flags = 2;
    for (std::size_t i = 0; i < kFlags.size(); ++i) {
      flags |= (set >> i & 1) != 0 ? kFlags[i] : 0;
    }
    for (std::uint32_t kind = 0; kind < 3; ++kind) {
      for (std::uint32_t way = 0; way < 10; ++way) {
        FlagsBefore(flags, kind, way);
      }
    }
  }
  SetTicks(kDefaultTicks);
}

// SYSENTER with each service, from and to anywhere; each gate on each stack.
void Everything::Stacks() {
  constexpr std::array<std::uint32_t, 9> kStacks = {0,          3,          0x00100000, 0x003FFFFE, 0x7FFFFFFE,
                                                    0xCFFFFFFE, 0xD0000000, 0xFFC00001, 0xFFFFEFFE};
  constexpr std::array<std::uint32_t, 6> kPlaces = {0, 0x00100000, 0x7FFFF000, 0xCFFFFFFF, 0xD0000000, 0xFFC00000};
  if (HasFastEntry()) {
    user_ctx_t context = Registers(nanny_piece_sysenter);
    context.regs.ebx = 0;
    context.regs.esi = 0;
    context.regs.edi = 0;
    context.regs.ebp = 0;
    for (std::uint32_t service = 0; service < 0x100; ++service) {
      for (const std::uint32_t stack : kStacks) {
        context.regs.eax = service;
        context.regs.ecx = stack;
        context.regs.edx = AddressOf(nanny_piece_come_back);
        std::uint32_t told = Execute(context);
        Require(told == (service == PIP_SERVICE_YIELD ? 0 : kUndefined), "SYSENTER from a bad stack", service, stack,
                told);
        for (const std::uint32_t place : kPlaces) {
          context.regs.edx = place;
          told = Execute(context);
          Require(told == (service == PIP_SERVICE_YIELD ? 0 : kPageFault), "SYSENTER to nowhere", service, place, told);
        }
      }
    }
  }
  user_ctx_t context = Registers(nanny_piece_far_call);
  for (std::uint32_t gate = PIP_GATE_OUTB; gate <= PIP_GATE_YIELD; gate += 8) {
    for (const std::uint32_t stack : kStacks) {
      context.regs.eax = gate | 3;
      context.regs.esp = stack;
      const std::uint32_t told = Execute(context);
      // A child's ports are nothing's, whatever their numbers.
      const bool port = gate < PIP_GATE_CREATE_PARTITION || gate == PIP_GATE_OUTADDRL;
      const bool missing = gate == kMissingGate;
      Require(told == kPageFault || (port && told == kUndefined) ||
                  (missing && (told == kNotPresent || told == kProtection)),
              "a gate on a bad stack", gate, stack, told);
    }
  }
}

std::uint32_t Everything::Run() {
  std::uint32_t* const words = world_.reference().WordsOf(world_.reference().Find(attacker_, NANNY_PIECES)->frame);
  auto* const code = reinterpret_cast<std::uint8_t*>(words);  // code is bytes
  for (std::ptrdiff_t i = 0; i < nanny_pieces_end - nanny_pieces; ++i) {
    code[i] = nanny_pieces[i];
  }
  world_.Ready(attacker_);
  Ports();
  printf("nanny: %u accesses to ports\n", cases_);
  Selectors();
  Flags();
  Stacks();
  return cases_;
}

}  // namespace

std::uint32_t TryEverything(World& world, Id attacker) { return Everything(world, attacker).Run(); }

}  // namespace nanny
