// SPDX-License-Identifier: Apache-2.0
//
// A task whose program never gives the processor back: it only pretends to be all kinds of devices, and is resumed.
#include <cstdint>

#include "libpip/cpp/services.h"
#include "pip/fpinfo.h"
#include "pip/vidt.h"
#include "scheduler-edf/partition/machine.h"

extern "C" void main(const pip_fpinfo* /*boot_information*/) {
  for (;;) {
    for (std::uint32_t i = 0; i < pip::edf::kDeviceVectors; ++i) {
      (void)pip::YieldToParent({.vector = pip::edf::kFirstDeviceVector + i, .save_slot = PIP_VECTOR_SAVE_MASKED});
    }
    asm volatile("");  // volatile: where there are no devices, an empty loop must stay one
  }
}
