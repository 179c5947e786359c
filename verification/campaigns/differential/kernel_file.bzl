# SPDX-License-Identifier: Apache-2.0
"""kernel_file: a kernel as x86 boots it, as a file that a test on the host may look at."""

load("//tools/bazel:arch.bzl", "TRANSITION_ATTRS", "arch_transition")

def _kernel_file_impl(ctx):
    # A transition on an attribute turns even a single label into a list.
    files = ctx.attr.kernel[0][DefaultInfo].files
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

kernel_file = rule(
    implementation = _kernel_file_impl,
    attrs = dict(TRANSITION_ATTRS, **{
        "arch": attr.string(default = "x86"),
        "kernel": attr.label(cfg = arch_transition, mandatory = True),
    }),
)
