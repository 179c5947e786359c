// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/complaint.h"

#include <fmt/format.h>

#include <string>

namespace pip::workload {
namespace {

// Text of the file may be quoted in a complaint: nothing of it may break the line or drive the terminal.
std::string OnOneLine(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    result += control ? '?' : c;
  }
  return result;
}

}  // namespace

std::string Complaint::ToString(const std::string& file) const {
  const std::string expected = right.empty() ? "" : "; expected " + right;
  return OnOneLine(fmt::format("{}:{}:{}: {}{}", file, where.line, where.column, what, expected));
}

}  // namespace pip::workload
