# SPDX-License-Identifier: Apache-2.0
"""hierarchy_demo: schedulers under a root, ready to boot."""

load("//scheduler-edf/partition:demo.bzl", "compact_workload")
load("//tools/bazel:image.bzl", "pip_image")

def hierarchy_demo(name, schedulers, arch):
    """Declares NAME_demo, or NAME_armv7_demo, which boots the workloads of a folder.

    Args:
      name: a folder with root.json, whose tasks stand for the schedulers, and SCHEDULER.json for each.
      schedulers: what root.json names as images.
      arch: the architecture.
    """
    suffix = "" if arch == "x86" else "_" + arch
    modules = {
        ":child" + suffix: "scheduler",
        "//scheduler-edf/partition:task" + suffix: "task",
    }
    for workload in ["root"] + schedulers:
        target = "%s_%s%s" % (name, workload, suffix)
        compact_workload(
            name = target,
            workload = "%s/%s.json" % (name, workload),
        )
        modules[":" + target] = "workload" if workload == "root" else workload
    pip_image(
        name = name + suffix + "_demo",
        arch = arch,
        modules = modules,
        root = ":root" + suffix,
    )
