# SPDX-License-Identifier: Apache-2.0
"""Roots that nobody can help, boots that are not sound: the kernel must stop the machine with one line."""

load("//tools/bazel:image.bzl", "pip_image", "qemu_test")
load("//tools/bazel:partition.bzl", "pip_partition")

def root_fault_tests(name, arch, faults):
    """For each fault the partition NAME_FAULT, its image and its test, from the package's root_fault.S.

    Args:
      name: what the targets begin with.
      arch: the architecture.
      faults: from the name to the value of FAULT and the last words, a regular expression.
    """
    for fault, (number, words) in faults.items():
        pip_partition(
            name = "%s_%s" % (name, fault),
            srcs = ["root_fault.S"],
            arch = arch,
            copts = ["-DFAULT=" + number],
            libpip = [],
        )
        pip_image(
            name = "%s_%s_image" % (name, fault),
            arch = arch,
            root = ":%s_%s" % (name, fault),
        )
        qemu_test(
            name = "%s_%s_test" % (name, fault),
            size = "small",
            expect = "last_words",
            image = ":%s_%s_image" % (name, fault),
            last_words = words,
        )

def planted_boot_tests(name, arch, root, plants):
    """For each plant an image NAME_PLANT_image with the kernel that breaks its boot (planted_boot.cc), and its test.

    Args:
      name: what the targets begin with.
      arch: the architecture.
      root: the root partition.
      plants: from what the kernel breaks to its last words, a regular expression.
    """
    for plant, words in plants.items():
        pip_image(
            name = "%s_%s_image" % (name, plant),
            testonly = True,
            arch = arch,
            kernel = "//pipcore/arch/%s:planted_kernel" % arch,
            root = root,
            root_arguments = plant,
        )
        qemu_test(
            name = "%s_%s_test" % (name, plant),
            size = "small",
            expect = "last_words",
            image = ":%s_%s_image" % (name, plant),
            last_words = words,
        )
