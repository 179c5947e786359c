// SPDX-License-Identifier: Apache-2.0
//
// What the kernel says: a line at boot, and a last one when it cannot go on.
#ifndef PIPCORE_KERNEL_LAST_WORDS_H_
#define PIPCORE_KERNEL_LAST_WORDS_H_

#include "pipcore/kernel/text_line.h"

namespace pip::kernel {

// Each architecture has these two: a character for the console, and the end, as a failure where the machine can tell.
void PutConsole(char character);
[[noreturn]] void StopMachine();

// One line: "Pip: ...".
void Say(const TextLine& line);

// One line, and the end.
[[noreturn]] void LastWords(const TextLine& line);
[[noreturn]] void LastWords(const char* text);

}  // namespace pip::kernel

#endif  // PIPCORE_KERNEL_LAST_WORDS_H_
