# SPDX-License-Identifier: Apache-2.0
"""Tests that the proofs notice when a check of a service is removed."""

load("//tools/bazel:arch.bzl", "TRANSITION_ATTRS", "gallina_transition")
load("//tools/bazel:coq.bzl", "CoqInfo")

def _report_impl(ctx):
    info = ctx.attr.proofs[CoqInfo]
    report = ctx.actions.declare_file(ctx.label.name + ".txt")
    files = depset(transitive = [info.sources, info.vo])
    arguments = ctx.actions.args()
    arguments.add_all([ctx.executable._coqc, ctx.attr.service, ctx.attr.part, ctx.attr.parts, report])
    arguments.add_all(files)
    ctx.actions.run(
        executable = ctx.executable._mutate,
        inputs = files,
        tools = [ctx.executable._coqc],
        outputs = [report],
        arguments = [arguments],
        use_default_shell_env = True,
        mnemonic = "CoqMutants",
        progress_message = "Removing checks of %s" % ctx.attr.service,
    )
    return [DefaultInfo(files = depset([report]), runfiles = ctx.runfiles([report]))]

_report = rule(
    implementation = _report_impl,
    cfg = gallina_transition,
    attrs = dict(TRANSITION_ATTRS, **{
        "part": attr.int(mandatory = True),
        "parts": attr.int(mandatory = True),
        "proofs": attr.label(mandatory = True, providers = [CoqInfo]),
        "service": attr.string(mandatory = True),
        "_coqc": attr.label(default = "@debian//:coqc", executable = True, cfg = "exec"),
        "_mutate": attr.label(default = ":mutate", executable = True, cfg = "exec"),
    }),
)

def mutation_test(name, service, part = 0, parts = 1, tags = [], proofs = "//verification/isolation"):
    """Fails when a check of a service file can be removed and the proofs still pass.

    Args:
      name: the target, ending in _test.
      service: the file in pipcore/services, without its ending; mutate.py knows its checks.
      part: the mutants whose number modulo parts is part are judged.
      parts: 1 judges all.
      tags: of the report and of the test: nightly for what is too long for every build.
      proofs: the coq_library with the proofs.
    """
    _report(
        name = name + "_report",
        part = part,
        parts = parts,
        proofs = proofs,
        service = service,
        tags = tags,
    )
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["survivors_test.sh"],
        args = [
            "$(rootpath survivors.txt)",
            "$(rootpath :%s_report)" % name,
        ],
        data = [
            "survivors.txt",
            ":%s_report" % name,
        ],
        tags = tags,
    )
