// SPDX-License-Identifier: Apache-2.0
//
// The last line of a run; PowerOff is the architecture's.
#include "libpip/cpp/machine.h"

#include <cstdarg>

#include "libpip/cpp/power.h"

namespace pip {
namespace {

[[noreturn]] void End(bool passed, const char* format, std::va_list arguments) {
  printf(passed ? "PASS " : "FAIL ");
  vprintf(format, arguments);
  putchar('\n');
  PowerOff(passed);
}

}  // namespace

void exit_pass(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  End(true, format, arguments);
}

void exit_fail(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  End(false, format, arguments);
}

}  // namespace pip
