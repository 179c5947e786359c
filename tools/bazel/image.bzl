# SPDX-License-Identifier: Apache-2.0
"""pip_image: what boots together: a kernel, its root partition, further modules; with rules that boot it."""

load("//tools/bazel:arch.bzl", "ARCHITECTURES", "TRANSITION_ATTRS", "arch_transition")
load("//tools/bazel:flat_image.bzl", "flat_image")
load("//tools/bazel:partition.bzl", "PartitionInfo")

ImageInfo = provider(
    doc = "A bootable set of files.",
    fields = {
        "files": "depset of the files",
        "manifest": "a text file with a line KIND<tab>PATH<tab>ARGUMENTS for each; tools/bazel/emulator reads it",
        "packed": "kernel and files in one, where no boot loader brings them; else None",
    },
)

def _loadable(target):
    """The file to load for a target: a partition's flat image, or the only file of anything else."""
    if PartitionInfo in target:
        return target[PartitionInfo].image
    files = target[DefaultInfo].files.to_list()
    if len(files) != 1:
        fail("%s has %d files; a module is a partition or one file" % (target.label, len(files)))
    return files[0]

def _pack(ctx, kernel, files):
    """The flat kernel, and one file with it and all that it boots: what a Raspberry Pi's firmware loads."""
    flat = ctx.actions.declare_file(ctx.label.name + ".kernel.bin")
    flat_image(ctx, ctx.executable._armv7_objcopy, kernel, flat)
    packed = ctx.actions.declare_file(ctx.label.name + ".img")
    arguments = ctx.actions.args()
    arguments.add_all([packed, flat])
    for file, text in files:
        arguments.add_all([file, text])
    ctx.actions.run(
        inputs = [flat] + [file for file, _ in files],
        outputs = [packed],
        executable = ctx.executable._package,
        arguments = [arguments],
        mnemonic = "Package",
        progress_message = "Packing %s" % packed.short_path,
    )
    return flat, packed

def _image_impl(ctx):
    kernel = ctx.attr.kernel[0][DefaultInfo].files.to_list()[0]
    root = _loadable(ctx.attr.root)
    modules = [(_loadable(target), text) for target, text in ctx.attr.modules.items()]
    flat = None
    packed = None
    if ARCHITECTURES[ctx.attr.arch].packed:
        flat, packed = _pack(ctx, kernel, [(root, ctx.attr.root_arguments)] + modules)
    lines = ([("packed", packed.short_path, ""), ("flat", flat.short_path, "")] if packed else []) + [
        ("arch", ctx.attr.arch, ""),
        ("kernel", kernel.short_path, ctx.attr.kernel_arguments),
        ("root", root.short_path, ctx.attr.root_arguments),
    ] + [("module", file.short_path, text) for file, text in modules]
    manifest = ctx.actions.declare_file(ctx.label.name + ".image")
    ctx.actions.write(manifest, "".join(["%s\t%s\t%s\n" % line for line in lines]))

    # With symbols, for debuggers.
    programs = [ctx.attr.root] + ctx.attr.modules.keys()
    elves = [target[PartitionInfo].elf for target in programs if PartitionInfo in target]
    files = [manifest, kernel, root] + [file for file, _ in modules] + elves + ([packed, flat] if packed else [])
    runner = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(runner, _RUN.format(
        emulator = ctx.executable._emulator.short_path,
        manifest = manifest.short_path,
    ), is_executable = True)
    runfiles = ctx.runfiles(files).merge(ctx.attr._emulator[DefaultInfo].default_runfiles)
    return [
        DefaultInfo(files = depset(files), executable = runner, runfiles = runfiles),
        ImageInfo(files = depset(files), manifest = manifest, packed = packed),
        OutputGroupInfo(packed = depset([packed] if packed else [])),
    ]

# `bazel run` starts it in its runfiles, with the user's options after the image.
_RUN = """#!/bin/sh
exec "./{emulator}" "$@" "{manifest}"
"""

pip_image = rule(
    doc = "A bootable set of files. `bazel run` boots it in QEMU; qemu_test and bochs_test boot it as a test.",
    implementation = _image_impl,
    executable = True,
    attrs = dict(TRANSITION_ATTRS, **{
        "arch": attr.string(default = "x86", values = ARCHITECTURES.keys()),
        "kernel": attr.label(cfg = arch_transition, default = "//pipcore/kernel"),
        "kernel_arguments": attr.string(doc = "The kernel's command line."),
        "modules": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Further modules, in order: a pip_partition or a file, and its command line.",
        ),
        "root": attr.label(
            allow_files = True,
            doc = "The root partition: a pip_partition or a file.",
            mandatory = True,
        ),
        "root_arguments": attr.string(doc = "The root partition's command line."),
        "_armv7_objcopy": attr.label(default = "@debian//:arm-none-eabi-objcopy", executable = True, cfg = "exec"),
        "_emulator": attr.label(default = "//tools/bazel/emulator:qemu", executable = True, cfg = "exec"),
        "_package": attr.label(default = "//tools/bazel/package", executable = True, cfg = "exec"),
    }),
)

def _emulator_test_impl(ctx):
    image = ctx.attr.image[ImageInfo]
    options = list(ctx.attr.emulator_options)
    for pattern in ctx.attr.must_print:
        options += ["--must-print", pattern]
    options += ["--expect", ctx.attr.expect, "--seconds", str(ctx.attr.seconds)]
    if ctx.attr.last_words:
        options += ["--last-words", ctx.attr.last_words]
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(script, "#!/bin/sh\nexec \"./%s\" %s \"%s\"\n" % (
        ctx.executable.emulator.short_path,
        " ".join(["'%s'" % option.replace("'", "'\\''") for option in options]),
        image.manifest.short_path,
    ), is_executable = True)
    runfiles = ctx.runfiles(transitive_files = image.files).merge(ctx.attr.emulator[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = script, runfiles = runfiles)]

_emulator_test = rule(
    implementation = _emulator_test_impl,
    test = True,
    attrs = {
        "emulator": attr.label(executable = True, cfg = "exec", mandatory = True),
        "emulator_options": attr.string_list(),
        "expect": attr.string(values = ["pass", "last_words"]),
        "image": attr.label(providers = [ImageInfo], mandatory = True),
        "last_words": attr.string(),
        "must_print": attr.string_list(),
        "seconds": attr.int(),
    },
)

def qemu_test(
        name,
        image,
        expect = "pass",
        last_words = "",
        must_print = [],
        memory = "",
        icount = False,
        seconds = 60,
        qemu_options = [],
        **kwargs):
    """Boots an image in QEMU; passes when the guest says so and chooses to end.

    The last line on the serial port must be `PASS ...`, and the guest must power the machine off. A line `FAIL ...`,
    silence, a reset, a timeout, a power-off without a verdict all fail.

    Args:
      name: the target, ending in _test.
      image: the pip_image.
      expect: "pass", or "last_words": the kernel must stop the machine itself, with one line and the failure exit.
      last_words: for expect = "last_words": a regular expression (grep -E) that this line must match.
      must_print: regular expressions; each must match some line of the output.
      memory: RAM of the machine; 64M unless said, and 960M on armv7.
      icount: count instructions instead of time: the run is the same each time.
      seconds: how long the machine may run.
      qemu_options: further options of QEMU.
      **kwargs: what every test takes, e.g. size, tags.
    """
    options = (["--memory", memory] if memory else []) + (["--icount"] if icount else [])
    for option in qemu_options:
        options += ["--qemu-option", option]
    kwargs.setdefault("size", "medium")
    _emulator_test(
        name = name,
        emulator = "//tools/bazel/emulator:qemu",
        emulator_options = options,
        expect = expect,
        image = image,
        last_words = last_words,
        must_print = must_print,
        seconds = seconds,
        **kwargs
    )

def bochs_test(name, image, expect = "pass", last_words = "", must_print = [], memory = 64, seconds = 240, **kwargs):
    """Boots an image in Bochs, which checks segmentation as hardware does; judges as qemu_test does.

    Args:
      name: the target, ending in _test.
      image: the pip_image.
      expect: as for qemu_test; Bochs has no exit port, so the line decides.
      last_words: as for qemu_test.
      must_print: as for qemu_test.
      memory: RAM of the machine, in MiB.
      seconds: how long the machine may run.
      **kwargs: what every test takes.
    """
    kwargs.setdefault("size", "medium")
    _emulator_test(
        name = name,
        emulator = "//tools/bazel/emulator:bochs",
        emulator_options = ["--memory", str(memory)],
        expect = expect,
        image = image,
        last_words = last_words,
        must_print = must_print,
        seconds = seconds,
        **kwargs
    )
