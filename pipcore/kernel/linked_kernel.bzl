# SPDX-License-Identifier: Apache-2.0
"""linked_kernel: a kernel of an architecture, linked where its linker script says."""

_CPUS = {
    "armv7": "@platforms//cpu:armv7",
    "x86": "@platforms//cpu:x86_32",
}

def linked_kernel(name, arch, srcs, deps, linkopts = [], **kwargs):
    """A kernel; compiled only for its architecture.

    Args:
      name: the target.
      arch: a key of ARCHITECTURES in tools/bazel/arch.bzl, whose pipcore/arch/ARCH/kernel.lds is the linker script.
      srcs: the kernel's own sources.
      deps: its libraries.
      linkopts: further options of the linker.
      **kwargs: what cc_binary takes.
    """
    script = "//pipcore/arch/%s:kernel.lds" % arch
    native.cc_binary(
        name = name,
        srcs = srcs,
        additional_linker_inputs = [script],
        linkopts = ["-Wl,-T,$(location %s)" % script] + linkopts,
        target_compatible_with = [
            _CPUS[arch],
            "@platforms//os:none",
        ],
        deps = deps,
        **kwargs
    )
