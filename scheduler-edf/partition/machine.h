// SPDX-License-Identifier: Apache-2.0
//
// Facts of the architecture, for the scheduler and the programs of its tasks: the same names in each of these headers.
#ifndef PIP_SCHEDULER_EDF_PARTITION_MACHINE_H_
#define PIP_SCHEDULER_EDF_PARTITION_MACHINE_H_

#if defined(__arm__)
#include "scheduler-edf/partition/machine_armv7.h"
#else
#include "scheduler-edf/partition/machine_x86.h"
#endif

#endif  // PIP_SCHEDULER_EDF_PARTITION_MACHINE_H_
