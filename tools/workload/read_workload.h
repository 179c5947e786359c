// SPDX-License-Identifier: Apache-2.0
//
// Reading and checking a workload file (scheduler-edf/workloads/README.md).
#ifndef PIP_TOOLS_WORKLOAD_READ_WORKLOAD_H_
#define PIP_TOOLS_WORKLOAD_READ_WORKLOAD_H_

#include <optional>
#include <string_view>

#include "tools/workload/complaint.h"
#include "tools/workload/workload.h"

namespace pip::workload {

// The workload; or nothing, and at least one complaint, in the order of the text.
std::optional<Workload> ReadWorkload(std::string_view text, Complaints& complaints);

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_READ_WORKLOAD_H_
