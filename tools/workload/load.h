// SPDX-License-Identifier: Apache-2.0
//
// Files of workloads, in either form.
#ifndef PIP_TOOLS_WORKLOAD_LOAD_H_
#define PIP_TOOLS_WORKLOAD_LOAD_H_

#include <cstdint>
#include <string>
#include <vector>

namespace pip::workload {

// The content of a file; false, and one line that says why, when it cannot be read, or is larger than any workload or
// trace (1 GiB). A path "-" is the standard input.
bool ReadFile(const std::string& path, std::string& text, std::string& complaint);

// The compact form of the workload in a file: the file's bytes when it has that form already (they are not checked),
// otherwise what its JSON says. False, and a line for each complaint, when the file does not have either form.
bool LoadImage(const std::string& path, std::vector<std::uint8_t>& bytes, std::string& complaint);

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_LOAD_H_
