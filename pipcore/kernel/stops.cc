// SPDX-License-Identifier: Apache-2.0
#include "pipcore/kernel/stops.h"

#include "pipcore/kernel/last_words.h"

extern "C" {
#include "pip/mal.h"
}

namespace pip::kernel {
namespace {

void AppendPlace(TextLine& line, std::uint32_t place) {
  line.Append(" at ").AppendHex(place).Append(" in ");
  if (current_partition() == root_partition) {
    line.Append("the root partition");
  } else {
    line.Append("the partition of frame ").AppendHex(current_partition());
  }
}

}  // namespace

void StopForFault(std::uint32_t vector, std::uint32_t place, FaultDetail detail) {
  TextLine line;
  line.Append("nobody can take fault ").AppendDecimal(vector);
  AppendPlace(line, place);
  if (detail.words != nullptr) {
    line.Append(detail.words).AppendHex(detail.address);
  }
  LastWords(line);
}

void StopForInterrupt(std::uint32_t number, bool is_timer, std::uint32_t place) {
  TextLine line;
  line.Append("the root partition cannot take ");
  if (is_timer) {
    line.Append("the timer's interrupt");
  } else {
    line.Append("the interrupt of line ").AppendDecimal(number);
  }
  line.Append(", which came");
  AppendPlace(line, place);
  LastWords(line);
}

void StopForUnreachable() { LastWords("a service came where its proof says that it cannot"); }

}  // namespace pip::kernel
