// SPDX-License-Identifier: Apache-2.0
//
// Does a file have the form that the published schema asks for? The schema's descriptions say what would be right.
#ifndef PIP_TOOLS_WORKLOAD_SCHEMA_CHECK_H_
#define PIP_TOOLS_WORKLOAD_SCHEMA_CHECK_H_

#include "tools/workload/complaint.h"
#include "tools/workload/located_json.h"

namespace pip::workload {

// Complaints about all that does not fit scheduler-edf/workloads/workload.schema.json; none when it fits.
Complaints CheckSchema(const LocatedJson& document);

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_SCHEMA_CHECK_H_
