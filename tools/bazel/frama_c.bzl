# SPDX-License-Identifier: Apache-2.0
"""frama_c_test: the functions of C headers keep their ACSL contracts, proved by Frama-C/WP with z3 and cvc4."""

def _runfiles(ctx):
    files = ctx.runfiles([ctx.file.src, ctx.file.assumed, ctx.file.facts] + ctx.files.headers + ctx.files.hdrs)
    for program in [ctx.attr._frama_c, ctx.attr._prove, ctx.attr._why3]:
        files = files.merge(program[DefaultInfo].default_runfiles)
    return files

def _frama_c_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name)
    command = [
        ctx.executable._prove.short_path,
        "--frama-c=" + ctx.executable._frama_c.short_path,
        "--why3=" + ctx.executable._why3.short_path,
        "--machine=" + ctx.attr.machine,
        "--source=" + ctx.file.src.short_path,
        "--assumed=" + ctx.file.assumed.short_path,
        "--facts=" + ctx.file.facts.short_path,
    ]
    command += ["--header=" + header.short_path for header in ctx.files.headers]
    command += ["--include=" + folder for folder in ctx.attr.includes]
    command += ["--function=" + function for function in ctx.attr.functions]
    ctx.actions.write(script, "#!/bin/sh\nexec \\\n  %s\n" % " \\\n  ".join(["'%s'" % word for word in command]), True)
    return [DefaultInfo(executable = script, runfiles = _runfiles(ctx))]

frama_c_test = rule(
    doc = "Fails unless WP proves all goals of all functions of the headers, run-time errors included, and assumes " +
          "no more than is listed.",
    implementation = _frama_c_test_impl,
    test = True,
    attrs = {
        "assumed": attr.label(
            allow_single_file = True,
            doc = "Functions whose contracts are assumed: the first word of each line.",
            mandatory = True,
        ),
        "facts": attr.label(allow_single_file = True, doc = "A header whose axioms are proved.", mandatory = True),
        "functions": attr.string_list(doc = "Only these functions of the headers; else all."),
        "hdrs": attr.label_list(allow_files = True, doc = "What the headers and the source include."),
        "headers": attr.label_list(
            allow_files = [".h"],
            doc = "Whose functions are proved.",
            mandatory = True,
        ),
        "includes": attr.string_list(doc = "Folders of headers, from the root of the repository; the first counts."),
        "machine": attr.string(
            default = "gcc_x86_32",
            doc = "Frama-C's name for the sizes of types.",
        ),
        "src": attr.label(
            allow_single_file = [".c"],
            doc = "What Frama-C reads; it includes the headers.",
            mandatory = True,
        ),
        "_frama_c": attr.label(default = "@debian//:frama-c", executable = True, cfg = "exec"),
        "_prove": attr.label(default = "//tools/bazel/frama_c:prove", executable = True, cfg = "exec"),
        "_why3": attr.label(default = "@debian//:why3", executable = True, cfg = "exec"),
    },
)
