// SPDX-License-Identifier: Apache-2.0
//
// How a machine is switched off: libpip/arch/ARCH/power.cc.
#ifndef LIBPIP_CPP_POWER_H_
#define LIBPIP_CPP_POWER_H_

namespace pip {

// Ends the machine, where it can tell with an exit code that says whether the run has passed.
[[noreturn]] void PowerOff(bool passed);

}  // namespace pip

#endif  // LIBPIP_CPP_POWER_H_
