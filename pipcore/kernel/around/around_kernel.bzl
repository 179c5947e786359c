# SPDX-License-Identifier: Apache-2.0
"""around_kernel: the kernel with functions around its services; kernel_file: a kernel as a file for the host."""

load("//pipcore/kernel:linked_kernel.bzl", "linked_kernel")
load("//tools/bazel:arch.bzl", "ARCHITECTURES", "TRANSITION_ATTRS", "arch_transition")
load("//tools/bazel:flat_image.bzl", "flat_image")

# What around_services.cc stands around; a name that is missing here does not link.
_SERVICES = [
    "addVAddr",
    "collect",
    "countToMap",
    "createPartition",
    "deletePartition",
    "deliverFault",
    "deliverInterrupt",
    "getIntState",
    "mappedInChild",
    "physicalAddress",
    "prepare",
    "removeVAddr",
    "setIntState",
    "yieldTo",
]

def around_kernel(name, srcs, arch = "x86", deps = [], **kwargs):
    """The kernel of an architecture, as it is, with functions around its services.

    Args:
      name: the target.
      srcs: sources that define what around.h declares.
      arch: a key of ARCHITECTURES in tools/bazel/arch.bzl.
      deps: what these sources need.
      **kwargs: what cc_binary takes.
    """
    folder = "//pipcore/arch/" + arch
    linked_kernel(
        name = name,
        srcs = srcs + [folder + ":kernel_sources"],
        arch = arch,
        linkopts = ["-Wl,--wrap=" + service for service in _SERVICES],
        deps = deps + [
            "//pipcore/kernel/around",
            "//pipcore/kernel/around:around_services",
            folder + ":kernel_dependencies",
        ],
        **kwargs
    )

def _kernel_file_impl(ctx):
    # A transition on an attribute turns even a single label into a list.
    files = ctx.attr.kernel[0][DefaultInfo].files
    architecture = ARCHITECTURES[ctx.attr.arch]
    if architecture.packed:
        kernel = files.to_list()[0]
        flat = ctx.actions.declare_file(ctx.label.name + ".bin")
        flat_image(ctx, ctx.executable._armv7_objcopy, kernel, flat)
        files = depset([flat])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

kernel_file = rule(
    doc = "A kernel as its architecture boots it, as a file that a program on the host may look at.",
    implementation = _kernel_file_impl,
    attrs = dict(TRANSITION_ATTRS, **{
        "arch": attr.string(default = "x86", values = ARCHITECTURES.keys()),
        "kernel": attr.label(cfg = arch_transition, mandatory = True),
        "_armv7_objcopy": attr.label(default = "@debian//:arm-none-eabi-objcopy", executable = True, cfg = "exec"),
    }),
)
