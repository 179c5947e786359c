// SPDX-License-Identifier: Apache-2.0
#include "nanny/hostile.h"

#include <cstddef>

#include "nanny/wild.h"
#include "pip/vidt.h"

namespace nanny {

std::uint32_t Hostile::Execute(Code code, const user_ctx_t& context, std::uint32_t patience) {
  // Code is bytes.
  auto* const bytes = reinterpret_cast<std::uint8_t*>(Words(kCode).data());
  for (std::size_t i = 0; i < code.size(); ++i) {
    bytes[i] = code[i];
  }
  for (std::size_t i = 0; i < kUndefinedInstruction.size(); ++i) {
    bytes[code.size() + i] = kUndefinedInstruction[i];
  }
  return world_.RunWild(attacker_, context, patience);
}

void Hostile::Renew() {
  world_.DeleteWild(attacker_);
  attacker_ = Builder(world_).AddChild(kRoot, kPages);
}

void Hostile::AskVictim() {
  Renew();
  for (std::uint32_t i = 0; i + 1 < kPages; ++i) {
    world_.Touch(victim_, kChildMemory + i * 4096, i % 2 == 0);
  }
  (void)world_.Make(victim_, {Service::kMappedInChild, {kChildMemory}}, Entry::kGate);
  auto* const code = reinterpret_cast<std::uint8_t*>(reference_.WordsOf(reference_.Find(victim_, kCode)->frame));
  for (std::size_t i = 0; i < kEndlessLoop.size(); ++i) {
    code[i] = kEndlessLoop[i];
  }
  SetTicks(kFastTicks);
  const std::uint32_t told = world_.RunWild(victim_, Registers(), 1);
  SetTicks(kDefaultTicks);
  Require(told == PIP_VECTOR_TIMER, "a partition that spins is not interrupted", 0, told);
  world_.Audit();
}

void Hostile::Begin() {
  victim_ = Builder(world_).AddChild(kRoot, kPages);
  attacker_ = Builder(world_).AddChild(kRoot, kPages);
}

void Hostile::RunRandomCasesAndEnd(std::uint32_t rounds) {
  SetTicks(kFastTicks);
  // Any registers and flags, any address to start at: kernel, window, the attacker's own garbage.
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Renew();
    (void)world_.RunWild(attacker_, MakeWildContext(random_, kCode), 1);
  }
  AskVictim();
  SetTicks(kFastTicks);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Renew();
    (void)world_.RunWild(attacker_, MakeWildCode(random_, Words(kCode), kCode), 1);
  }
  AskVictim();
  DeleteAll(world_);
}

}  // namespace nanny
