// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/last_words.h"

namespace pip::kernel {
namespace {

void Put(const char* begin, const char* end) {
  for (; begin != end; ++begin) {
    PutConsole(*begin);
  }
}

}  // namespace

void Say(const TextLine& line) {
  constexpr char kPrefix[] = "Pip: ";
  Put(kPrefix, kPrefix + sizeof(kPrefix) - 1);
  Put(line.begin(), line.end());
  PutConsole('\n');
}

void LastWords(const TextLine& line) {
  Say(line);
  StopMachine();
}

void LastWords(const char* text) {
  TextLine line;
  line.Append(text);
  LastWords(line);
}

}  // namespace pip::kernel
