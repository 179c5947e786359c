// SPDX-License-Identifier: Apache-2.0
#include "nanny/agent.h"

#include <array>
#include <cstddef>

#include "libpip/cpp/vidt.h"

extern "C" {
void nanny_handler();
extern const std::uint8_t nanny_agent_code[];
extern const std::uint8_t nanny_agent_code_end[];
}

namespace nanny {
namespace {

std::array<user_ctx_t, kOwnHandlers> handlers;
user_ctx_t own_away;

}  // namespace

void Home::Fill(Random& random, std::uint32_t signature) {
  for (std::uint32_t i = 0; i < AGENT_GO / 4; ++i) {
    words_[i] = 0;
  }
  for (std::uint32_t i = AGENT_GO / 4; i < 1024; ++i) {
    std::uint32_t word = 0;
    for (std::uint32_t byte = 0; byte < 4; ++byte) {
      word = word << 8 | (0xD0 + random.Below(0x2C));
    }
    words_[i] = word;
  }
  auto* const code = reinterpret_cast<std::uint8_t*>(words_) + AGENT_CODE_OFFSET;
  for (std::size_t i = 0; i < static_cast<std::size_t>(nanny_agent_code_end - nanny_agent_code); ++i) {
    code[i] = nanny_agent_code[i];
  }
  words_[AGENT_SLOT_GO] = AGENT_HOME + AGENT_GO;
  words_[AGENT_SLOT_ARRIVAL] = AGENT_HOME + AGENT_ARRIVAL;
  words_[AGENT_SLOT_AWAY] = AGENT_HOME + AGENT_AWAY;
  words_[PIP_VECTOR_SAVE_MASKED] = AGENT_HOME + AGENT_STOPPED;
  words_[PIP_VECTOR_SAVE_UNMASKED] = AGENT_HOME + AGENT_STOPPED;
  for (std::size_t i = 0; i < kGarbageContexts.size(); ++i) {
    words_[AGENT_SLOT_GARBAGE + i] = kGarbageContexts[i];
  }
  FillRegisters(random);
  Begin(AGENT_ARRIVAL, AGENT_LANDED, AGENT_STACK_END);
  Forget();
  words_[AGENT_SIGNATURE / 4] = signature;
}

void Home::SetYieldToChild(std::uint32_t descriptor, std::uint32_t vector) {
  const Call yield{Service::kYield, {descriptor, vector, AGENT_SLOT_NOTHING, 0, 0}};
  SetCall(yield, HasFastEntry() ? Entry::kFast : Entry::kGate);
}

Answer FromWord(Service service, std::uint32_t word) {
  if (service == Service::kYield) {
    return {static_cast<std::int32_t>(word), 0};
  }
  return {PIP_DONE, word};
}

Answer Shown(Entry entry, const Call& call, Answer answer) {
  if (entry == Entry::kFast) {
    return answer;
  }
  const bool done = answer.status == PIP_DONE;
  switch (call.service) {
    case Service::kCreatePartition:
    case Service::kAddVAddr:
    case Service::kRemoveVAddr:
    case Service::kDeletePartition:
      return {PIP_DONE, done ? 1U : 0U};
    case Service::kPrepare:
      return {PIP_DONE, (answer.value & ~1U) | (done ? 1U : 0U)};
    case Service::kCountToMap:
    case Service::kMappedInChild:
    case Service::kCollect:
      return {PIP_DONE, done ? answer.value : 0};
    case Service::kGetIntState:
      return {PIP_DONE, done ? answer.value : UINT32_MAX};
    case Service::kSetIntState:
      return {PIP_DONE, 0};
    case Service::kYield:
      return {answer.status, 0};
  }
  return answer;
}

void SetOwnVidt() {
  pip::Vidt vidt = pip::Vidt::Own();
  const auto entry = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(nanny_handler));
  for (std::uint32_t vector = 0; vector < kOwnHandlers; ++vector) {
    pip_context_initialise(&handlers[vector], entry, 0, 0);
    pip_context_set_boot_information(&handlers[vector], NANNY_TOLD + vector);
    vidt.Set(vector, handlers[vector]);
  }
  for (std::uint32_t slot = kOwnHandlers; slot < PIP_VIDT_ENTRIES; ++slot) {
    vidt.Set(slot, 0);
  }
  for (std::uint32_t i = 0; i < kHopelessContexts; ++i) {
    vidt.Set(AGENT_SLOT_GARBAGE + i, kGarbageContexts[i]);
  }
  own_away = handlers[AGENT_SLOT_AWAY];
  vidt.Set(AGENT_SLOT_AWAY, own_away);
  vidt.Set(AGENT_SLOT_NOTHING, 0);
}

OwnResult CallAsRoot(const Call& call, Entry entry) {
  const Answer answer = EnterKernel(call, entry);
  // Whoever comes back through the context that a yield saved must find a place that still exists.
  own_away = handlers[AGENT_SLOT_AWAY];
  if (call.service == Service::kYield && answer.status >= NANNY_TOLD) {
    return {.answer = {}, .told = true, .vector = static_cast<std::uint32_t>(answer.status) - NANNY_TOLD};
  }
  return {.answer = answer, .told = false, .vector = 0};
}

}  // namespace nanny
