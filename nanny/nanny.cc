// SPDX-License-Identifier: Apache-2.0
//
// The nanny: a root partition that tests every service from user mode, then lets a busy beaver loose.  Arguments, on
// the module's command line: none for the services; `beaver seed=N calls=N`; `hostile seed=N rounds=N`; `nesting`.
#include <cstdint>
#include <optional>

#include "libpip/cpp/machine.h"
#include "nanny/beaver.h"
#include "nanny/phases.h"
#include "nanny/world.h"
#include "pip/fpinfo.h"
#include "pip/paging.h"
#include "pip/stdio.h"
#include "pip/string.h"

namespace {

constexpr std::uint32_t kDefaultSeed = 1;
constexpr std::uint32_t kDefaultCalls = 20000;
constexpr std::uint32_t kDefaultRounds = 100;
constexpr std::uint32_t kPage = 4096;

constinit nanny::World world;

bool BeginsWith(const char* text, const char* word) {
  for (; *word != '\0'; ++text, ++word) {
    if (*text != *word) {
      return false;
    }
  }
  return true;
}

bool Contains(const char* text, const char* word) {
  for (; *text != '\0'; ++text) {
    if (BeginsWith(text, word)) {
      return true;
    }
  }
  return false;
}

// The number behind `name` in the arguments, if it is there.
std::optional<std::uint32_t> Number(const char* arguments, const char* name) {
  for (; *arguments != '\0'; ++arguments) {
    if (!BeginsWith(arguments, name)) {
      continue;
    }
    std::uint32_t number = 0;
    for (arguments += strlen(name); *arguments >= '0' && *arguments <= '9'; ++arguments) {
      number = number * 10 + static_cast<std::uint32_t>(*arguments - '0');
    }
    return number;
  }
  return std::nullopt;
}

}  // namespace

extern "C" void main(const pip_fpinfo* boot) {
  if (boot == nullptr || boot->magic != FPINFO_MAGIC || boot->extension_version < 1) {
    pip::exit_fail("nanny: no boot information: it must be the root partition");
  }
  const char* const arguments = boot->arguments;
  const std::uint32_t seed = Number(arguments, "seed=").value_or(kDefaultSeed);
  const std::uint32_t calls = Number(arguments, "calls=").value_or(kDefaultCalls);
  const auto pool = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(boot->membegin));
  world.Initialise(*boot, pool, seed);
  if (Contains(arguments, "beaver")) {
    printf("nanny: seed %u, %u calls\n", seed, calls);
    world.SetPhase("beaver", seed);
    nanny::Beaver(world).Run(calls);
    world.PrintSummary();
    pip::exit_pass("nanny: seed %u, %u calls as the reference says", seed, world.calls());
  }
  if (Contains(arguments, "hostile")) {
    world.SetPhase("hostile", seed);
    const std::uint32_t rounds = Number(arguments, "rounds=").value_or(kDefaultRounds);
    nanny::TestHostile(world, rounds);
    pip::exit_pass("nanny: hostile, seed %u, %u wild runs, and nobody else noticed", seed, world.wild_runs());
  }
  const auto end = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(boot->memend));
  if (Contains(arguments, "nesting")) {
    world.SetPhase("nesting", seed);
    nanny::TestDeepNesting(world, pool, end);
    pip::exit_pass("nanny: nesting in all of memory");
  }
  world.SetPhase("services", seed);
  nanny::TestServices(world);
  nanny::TestVanishing(world);
  nanny::TestNesting(world);
  // The pool is the first part of free memory.
  nanny::TestLimits(world, pool + nanny::kFrames * kPage, end);
  world.Audit();
  world.PrintSummary();
  pip::exit_pass("nanny: services, %u calls as the reference says", world.calls());
}
