// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a file that somebody wrote: where, what, and what would be right.
#ifndef PIP_TOOLS_WORKLOAD_COMPLAINT_H_
#define PIP_TOOLS_WORKLOAD_COMPLAINT_H_

#include <string>
#include <vector>

namespace pip::workload {

// A place in a text; lines and columns count from 1, columns in bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;

  bool operator==(const Position&) const = default;
  auto operator<=>(const Position&) const = default;
};

struct Complaint {
  Position where;
  std::string what;
  std::string right;  // empty when `what` says it

  // "FILE:LINE:COLUMN: WHAT; expected RIGHT", always one line.
  std::string ToString(const std::string& file) const;
};

using Complaints = std::vector<Complaint>;

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_COMPLAINT_H_
