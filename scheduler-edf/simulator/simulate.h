// SPDX-License-Identifier: Apache-2.0
//
// Runs a workload without a machine: the same session and the same generated functions as in the partition, with jobs
// that do in each tick what the workload says of them.
#ifndef PIP_SCHEDULER_EDF_SIMULATOR_SIMULATE_H_
#define PIP_SCHEDULER_EDF_SIMULATOR_SIMULATE_H_

#include "scheduler-edf/partition/line.h"
#include "scheduler-edf/workloads/image.h"

namespace pip::edf {

// Writes the trace and the verdict; true when what was promised was kept.
bool Simulate(const WorkloadImage& image, const Output& output);

}  // namespace pip::edf

#endif  // PIP_SCHEDULER_EDF_SIMULATOR_SIMULATE_H_
