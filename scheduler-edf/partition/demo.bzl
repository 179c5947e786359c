# SPDX-License-Identifier: Apache-2.0
"""scheduler_demo: the scheduler with a workload, ready to boot."""

load("//tools/bazel:image.bzl", "pip_image")

def _compact_workload_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".bin")
    ctx.actions.run(
        inputs = [ctx.file.workload],
        outputs = [output],
        executable = ctx.executable._workload,
        arguments = ["image", ctx.file.workload.path, "--output", output.path],
        mnemonic = "CompactWorkload",
        progress_message = "Checking and packing %s" % ctx.file.workload.short_path,
    )
    return [DefaultInfo(files = depset([output]))]

compact_workload = rule(
    doc = "The form of a workload file that the partition reads, NAME.bin.",
    implementation = _compact_workload_impl,
    attrs = {
        "workload": attr.label(allow_single_file = [".json"], mandatory = True),
        # Not "exec", another configuration of the host, in which the scheduler would be proved once more.
        "_workload": attr.label(cfg = "target", default = "//tools/workload", executable = True),
    },
)

def _random_workload_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".json")
    arguments = ["random", "--seed", str(ctx.attr.seed), "--output", output.path] + ctx.attr.options
    ctx.actions.run(
        outputs = [output],
        executable = ctx.executable._workload,
        arguments = arguments,
        mnemonic = "RandomWorkload",
        progress_message = "Making a random workload, seed %d" % ctx.attr.seed,
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

random_workload = rule(
    doc = "A workload file, NAME.json, that `workload random` makes; the same seed and options make the same.",
    implementation = _random_workload_impl,
    attrs = {
        "options": attr.string_list(),
        "seed": attr.int(mandatory = True),
        # As in compact_workload.
        "_workload": attr.label(cfg = "target", default = "//tools/workload", executable = True),
    },
)

def scheduler_demo(name, workload, arch = "x86", images = {}):
    """Declares NAME_demo, which boots the scheduler with a workload, and NAME_trace_test.

    The test boots it with instructions as clock, and requires the trace that the simulator writes, line by line.

    Args:
      name: of the workload.
      workload: the workload file.
      arch: the architecture.
      images: the programs that it names: from partition to name.
    """
    compact_workload(
        name = name + "_workload",
        workload = workload,
    )
    suffix = "" if arch == "x86" else "_" + arch
    pip_image(
        name = name + "_demo",
        arch = arch,
        modules = dict(images, **{
            ":task" + suffix: "task",
            name + "_workload": "workload",
        }),
        root = ":scheduler" + suffix,
    )
    native.sh_test(
        name = name + "_trace_test",
        size = "medium",
        srcs = ["trace_test.sh"],
        args = [
            native.package_name() + "/" + name + "_demo",
            "$(rootpath %s)" % workload,
        ],
        data = [
            name + "_demo",
            workload,
            "//scheduler-edf/simulator",
            "//tools/trace",
        ],
    )
