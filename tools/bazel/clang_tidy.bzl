# SPDX-License-Identifier: Apache-2.0
"""clang_tidy_test: checks the C and C++ sources of targets, and of all that these depend on, with clang-tidy.

Each source is one action, with the flags and headers of its target and machine, so it is checked again only when it or
a header of it has changed.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

_TidyInfo = provider(
    doc = "What clang-tidy says.",
    fields = {
        "reports": "depset of files with findings, empty ones where there is none",
        "sources": "depset of the paths of the sources that were checked",
    },
)

# Where a target may name others whose sources are ours.
_EDGES = ["data", "deps", "image", "kernel", "libpip", "modules", "program", "root"]

# Our toolchains are gcc's; of their flags, clang needs to know what decides the meaning of a program.
_ARMV7_CXX = "/usr/lib/arm-none-eabi/include/c++/12.2.1"
_MACHINE_FLAGS = {
    "armv7_none": [
        "--target=arm-none-eabi",
        "-mcpu=cortex-a7",
        "-mfloat-abi=soft",
        "-ffreestanding",
        "-fno-exceptions",
        "-fno-rtti",
        "-U__INT32_TYPE__",
        "-U__UINT32_TYPE__",
        "-D__INT32_TYPE__=int",
        "-D__UINT32_TYPE__=unsigned int",
        "-isystem" + _ARMV7_CXX,
        "-isystem" + _ARMV7_CXX + "/arm-none-eabi/thumb/v7-a/nofp",
        "-isystem/usr/lib/arm-none-eabi/include",
    ],
    "x86_none": ["-m32", "-march=i686", "-ffreestanding", "-fno-exceptions", "-fno-rtti"],
}

_LANGUAGE_FLAGS = {
    "c": ["-std=c11"],
    "cc": ["-std=c++20"],
}

_CHECK = """
tidy=$1; report=$2; shift 2
words=$("$tidy" "$@" 2>&1) && words=
grep -vE '^([0-9]+ warnings? |Error while processing)' <<< "$words" | sed "s|$PWD/||g" > "$report"
[ -n "$words" ] || : > "$report"
"""

def _check(ctx, source, context, machine_flags, flags):
    # Sources of other packages may have the same name.
    package = source.owner.package
    place = "" if package == ctx.label.package else package.replace("/", "_") + "."
    report = ctx.actions.declare_file("%s.%s%s.tidy" % (ctx.label.name, place, source.basename))
    arguments = ctx.actions.args()
    arguments.add_all([ctx.executable._clang_tidy, report])
    arguments.add_all(["--quiet", "--config-file=" + ctx.file._config.path, source])
    if not machine_flags:
        # On the host the analyzer follows every path through GoogleTest and JSON, for minutes.
        arguments.add("--checks=-clang-analyzer-*")
    arguments.add("--")
    arguments.add_all(machine_flags + flags + _LANGUAGE_FLAGS[source.extension])

    # Headers of our own are to be checked, so none of their folders is a system's.
    arguments.add_all(context.includes, before_each = "-I")
    arguments.add_all(context.quote_includes, before_each = "-iquote")
    arguments.add_all(context.system_includes, before_each = "-I")
    arguments.add_all(context.defines, format_each = "-D%s")
    arguments.add_all(context.local_defines, format_each = "-D%s")
    ctx.actions.run_shell(
        inputs = depset([source, ctx.file._config], transitive = [context.headers]),
        tools = [ctx.executable._clang_tidy],
        outputs = [report],
        command = _CHECK,
        arguments = [arguments],
        mnemonic = "ClangTidy",
        progress_message = "Checking %s with clang-tidy" % source.short_path,
        use_default_shell_env = True,
    )
    return report

def _sources(attributes):
    """The C and C++ sources that a target of ours compiles itself."""
    files = [file for target in getattr(attributes, "srcs", []) for file in target.files.to_list()]
    return [file for file in files if file.is_source and file.extension in _LANGUAGE_FLAGS]

def _aspect_impl(target, ctx):
    infos = []
    for edge in _EDGES:
        value = getattr(ctx.rule.attr, edge, None)
        values = value if type(value) == "list" else value.keys() if type(value) == "dict" else [value]
        infos += [dep[_TidyInfo] for dep in values if dep and type(dep) == "Target" and _TidyInfo in dep]
    reports = []
    sources = []
    if CcInfo in target and not ctx.label.workspace_name:
        sources = _sources(ctx.rule.attr)
        machine_flags = _MACHINE_FLAGS.get(find_cpp_toolchain(ctx).cpu, [])
        flags = [option for option in getattr(ctx.rule.attr, "copts", []) if option[:2] in ("-D", "-I")]
        flags += ["-D" + define for define in getattr(ctx.rule.attr, "local_defines", [])]
        for source in sources:
            reports.append(_check(ctx, source, target[CcInfo].compilation_context, machine_flags, flags))
    return [_TidyInfo(
        reports = depset(reports, transitive = [info.reports for info in infos]),
        sources = depset([file.short_path for file in sources], transitive = [info.sources for info in infos]),
    )]

_clang_tidy = aspect(
    implementation = _aspect_impl,
    attr_aspects = _EDGES,
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_clang_tidy": attr.label(default = "@debian//:clang-tidy", executable = True, cfg = "exec"),
        "_config": attr.label(default = "//:.clang-tidy", allow_single_file = True),
    },
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _test_impl(ctx):
    reports = depset(transitive = [target[_TidyInfo].reports for target in ctx.attr.targets])
    sources = depset(transitive = [target[_TidyInfo].sources for target in ctx.attr.targets])
    listed = ctx.actions.declare_file(ctx.label.name + "_sources.txt")
    ctx.actions.write(listed, "".join([path + "\n" for path in sorted(sources.to_list())]))
    script = ctx.actions.declare_file(ctx.label.name)
    paths = " ".join(["'%s'" % file.short_path for file in reports.to_list()])
    ctx.actions.write(script, _TEST % paths, is_executable = True)
    return [DefaultInfo(
        executable = script,
        files = depset([script, listed]),
        runfiles = ctx.runfiles([listed], transitive_files = reports),
    )]

_TEST = """#!/bin/sh
status=0
for report in %s; do
  if [ -s "$report" ]; then cat "$report"; status=1; fi
done
exit $status
"""

clang_tidy_test = rule(
    doc = "Fails when clang-tidy finds something in a source of the targets, or of what they depend on.",
    implementation = _test_impl,
    test = True,
    attrs = {
        "targets": attr.label_list(aspects = [_clang_tidy], mandatory = True),
    },
)
