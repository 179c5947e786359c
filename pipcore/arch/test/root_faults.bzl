# SPDX-License-Identifier: Apache-2.0
"""Roots that nobody can help: the kernel must stop the machine with one line."""

load("//tools/bazel:image.bzl", "pip_image", "qemu_test")
load("//tools/bazel:partition.bzl", "pip_partition")

def root_fault_tests(arch, faults):
    """For each fault NAME the partition root_fault_NAME, its image and its test, from the package's root_fault.S.

    Args:
      arch: the architecture.
      faults: from the name to the value of FAULT and the last words, a regular expression.
    """
    for name, (number, words) in faults.items():
        pip_partition(
            name = "root_fault_" + name,
            srcs = ["root_fault.S"],
            arch = arch,
            copts = ["-DFAULT=" + number],
            libpip = [],
        )
        pip_image(
            name = "root_fault_%s_image" % name,
            arch = arch,
            root = ":root_fault_" + name,
        )
        qemu_test(
            name = "root_fault_%s_test" % name,
            size = "small",
            expect = "last_words",
            image = ":root_fault_%s_image" % name,
            last_words = words,
        )
