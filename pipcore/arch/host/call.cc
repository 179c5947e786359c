// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/call.h"

#include <algorithm>
#include <cstddef>
#include <sstream>

namespace pip::host {
namespace {

// In the order of kServiceNames.
constexpr std::array<int, kServiceNames.size()> kArgumentCounts = {5, 2, 3, 6, 2, 1, 1, 2, 5, 1, 1, 1, 1, 1};

constexpr std::array<std::string_view, 26> kStatusNames = {
    "DONE",
    "INVALID_VECTOR",
    "INVALID_SAVE_SLOT",
    "ROOT_HAS_NO_PARENT",
    "NOT_A_CHILD",
    "TARGET_VIDT_UNAVAILABLE",
    "CALLER_VIDT_UNAVAILABLE",
    "TARGET_MASKED",
    "TARGET_CONTEXT_UNAVAILABLE",
    "CALLER_CONTEXT_UNAVAILABLE",
    "BAD_ADDRESS",
    "NOT_MAPPED",
    "NOT_ACCESSIBLE",
    "ALREADY_GIVEN",
    "NOT_ORDINARY_MEMORY",
    "NOT_WRITABLE",
    "SAME_PAGE",
    "NO_TABLE",
    "OCCUPIED",
    "RIGHTS_EXCEEDED",
    "UNREADABLE",
    "NOT_EMPTY",
    "NOTHING_TO_COLLECT",
    "NOT_LISTED",
    "NO_HANDLER",
    "NOT_ROOT",
};

}  // namespace

int ArgumentCount(Service service) { return kArgumentCounts[static_cast<std::size_t>(service)]; }

std::string_view Name(pip_status_t status) {
  const auto number = static_cast<std::size_t>(status);
  return number < kStatusNames.size() ? kStatusNames[number] : "no status";
}

Call::Call(Service called, std::initializer_list<std::uint32_t> words) : service(called) {
  std::copy_n(words.begin(), std::min(words.size(), arguments.size()), arguments.begin());
}

std::string Text(const Call& call) {
  std::ostringstream out;
  out << Name(call.service) << '(' << std::hex;
  for (int i = 0; i < ArgumentCount(call.service); ++i) {
    out << (i == 0 ? "0x" : ", 0x") << call.arguments[static_cast<std::size_t>(i)];
  }
  out << ')';
  return out.str();
}

std::string Text(const Answer& answer) {
  std::ostringstream out;
  out << Name(answer.status) << std::hex << " 0x" << answer.value;
  return out.str();
}

std::ostream& operator<<(std::ostream& out, const Call& call) { return out << Text(call); }
std::ostream& operator<<(std::ostream& out, const Answer& answer) { return out << Text(answer); }

}  // namespace pip::host
