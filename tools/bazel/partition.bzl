# SPDX-License-Identifier: Apache-2.0
"""pip_partition: a program that runs on Pip, as an ELF file and as the flat image that is loaded."""

load("//tools/bazel:arch.bzl", "ARCHITECTURES", "TRANSITION_ATTRS", "arch_transition")
load("//tools/bazel:clang_tidy.bzl", "clang_tidy_test")
load("//tools/bazel:flat_image.bzl", "flat_image")

PartitionInfo = provider(
    doc = "A partition that is ready to be loaded.",
    fields = {
        "arch": "the architecture it is for",
        "elf": "the linked program with its symbols",
        "image": "the flat image: its first byte goes to, and is entered at, the load address",
    },
)

def _partition_impl(ctx):
    # A transition on an attribute turns even a single label into a list.
    program = ctx.attr.program[0][DefaultInfo].files.to_list()[0]
    elf = ctx.actions.declare_file(ctx.label.name + ".elf")
    image = ctx.actions.declare_file(ctx.label.name + ".bin")
    ctx.actions.symlink(output = elf, target_file = program)
    flat_image(ctx, ctx.executable.objcopy, program, image)
    return [
        DefaultInfo(files = depset([elf, image]), runfiles = ctx.runfiles([elf, image])),
        PartitionInfo(arch = ctx.attr.arch, elf = elf, image = image),
    ]

_partition = rule(
    implementation = _partition_impl,
    attrs = dict(TRANSITION_ATTRS, **{
        "arch": attr.string(mandatory = True),
        "objcopy": attr.label(executable = True, cfg = "exec", mandatory = True),
        "program": attr.label(cfg = arch_transition, mandatory = True),
    }),
)

def pip_partition(
        name,
        srcs,
        deps = [],
        arch = "x86",
        libpip = ["//libpip", "//libpip:start"],
        linker_script = "//libpip:linker_script",
        visibility = None,
        **kwargs):
    """Links a partition: NAME.elf and NAME.bin; NAME_clang_tidy_test checks its sources.

    Args:
      name: the target.
      srcs: sources, C++20, C11 or assembly, compiled freestanding for the architecture.
      deps: cc_library targets beside libpip.
      arch: the architecture, a key of ARCHITECTURES in tools/bazel/arch.bzl.
      libpip: the library and the start file; another value is for partitions that bring their own.
      linker_script: puts the image at its load address, its entry at the first byte, its .bss inside the image.
      visibility: of the partition.
      **kwargs: what cc_binary takes, e.g. copts, defines.
    """
    if arch not in ARCHITECTURES:
        fail("pip_partition %s: unknown architecture %s; known: %s" % (name, arch, ", ".join(ARCHITECTURES.keys())))
    program = name + "_program"
    native.cc_binary(
        name = program,
        srcs = srcs,
        deps = deps + libpip,
        additional_linker_inputs = [linker_script],
        # A flat image has one segment for code and data.
        linkopts = ["-Wl,-T,$(location %s)" % linker_script, "-Wl,--no-warn-rwx-segments"],
        target_compatible_with = ["@platforms//os:none"],
        visibility = ["//visibility:private"],
        **kwargs
    )
    _partition(
        name = name,
        arch = arch,
        objcopy = ARCHITECTURES[arch].objcopy,
        program = program,
        visibility = visibility,
    )
    clang_tidy_test(
        name = name + "_clang_tidy_test",
        size = "small",
        targets = [name],
    )
