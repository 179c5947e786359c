// SPDX-License-Identifier: Apache-2.0
//
// The launcher's child: answers a question each time it gets the processor, and gives the processor back.
//
// It has only what the launcher mapped: this image, a stack, a VIDT and the shared page.  It cannot print: ports belong
// to the root partition.
#include "launcher/protocol.h"
#include "libpip/cpp/services.h"
#include "libpip/cpp/vidt.h"
#include "pip/fpinfo.h"

namespace {

// Where our registers go while the launcher runs.
user_ctx_t continue_here;

}  // namespace

extern "C" void main(const pip_fpinfo* /*boot_information: a child gets none from this launcher*/) {
  // The launcher changes this page while we are away, so each access must really happen: volatile.
  auto* const shared = reinterpret_cast<volatile launcher::Shared*>(launcher::kSharedAddress);
  pip::Vidt::Own().Set(launcher::kChildContinues, continue_here);

  for (std::uint32_t rounds = 1;; ++rounds) {
    shared->answer = launcher::Answer(shared->question);
    shared->rounds = rounds;
    // Our parent continues with its context 60, our registers go to our context 61.  When the launcher yields to that,
    // this call returns and the loop goes on.
    const pip::Status status =
        pip::YieldToParent({.vector = launcher::kLauncherContinues, .save_slot = launcher::kChildContinues});
    if (status != pip::Status::kDone) {
      __builtin_trap();  // the only way to say that something is wrong: a fault, of which the launcher is told
    }
  }
}
