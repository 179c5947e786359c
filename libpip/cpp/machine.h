// SPDX-License-Identifier: Apache-2.0
//
// How a root partition ends: one last line, then the machine is off.
#ifndef LIBPIP_CPP_MACHINE_H_
#define LIBPIP_CPP_MACHINE_H_

#include "pip/stdio.h"

namespace pip {

// Prints `PASS <format ...>` on a line of its own and powers the machine off.
[[noreturn]] void exit_pass(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Prints `FAIL <format ...>` and ends the machine with a failure code.
[[noreturn]] void exit_fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace pip

#endif  // LIBPIP_CPP_MACHINE_H_
