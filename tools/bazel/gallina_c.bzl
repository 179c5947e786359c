# SPDX-License-Identifier: Apache-2.0
"""gallina_c_library: C that a certified Gallina program printed, as a cc_library."""

load("//tools/bazel:arch.bzl", "TRANSITION_ATTRS", "gallina_transition")
load("//tools/bazel:coq.bzl", "CoqInfo")

def _gallina_c_impl(ctx):
    comments = [file for dep in ctx.attr.gallina for file in dep[CoqInfo].own_sources]
    writer = ctx.attr.writer[0][DefaultInfo].files_to_run
    arguments = ctx.actions.args()
    arguments.add_all([ctx.outputs.header, ctx.outputs.source])
    arguments.add_all(comments)
    ctx.actions.run(
        inputs = comments,
        outputs = [ctx.outputs.header, ctx.outputs.source],
        executable = writer,
        arguments = [arguments],
        mnemonic = "GallinaC",
        progress_message = "Writing %s" % ctx.outputs.source.short_path,
    )
    return [DefaultInfo(files = depset([ctx.outputs.header, ctx.outputs.source]))]

_gallina_c = rule(
    implementation = _gallina_c_impl,
    attrs = dict(TRANSITION_ATTRS, **{
        "gallina": attr.label_list(providers = [CoqInfo]),
        "header": attr.output(mandatory = True),
        "source": attr.output(mandatory = True),
        # Not "exec", another configuration of the host, in which all proofs would be checked once more.
        "writer": attr.label(cfg = gallina_transition, mandatory = True),
    }),
)

def gallina_c_library(name, writer, header, source, gallina = [], copts = [], deps = [], **kwargs):
    """A cc_library whose header and source a certified program prints.

    Proofs and certificates are part of the build of the writer, so the library does not exist when one fails. They are
    checked once, for all architectures.

    Args:
      name: the cc_library.
      writer: an ocaml_binary over the extracted texts, called as: WRITER HEADER SOURCE GALLINA...
      header: the file to write, e.g. services.h.
      source: the file to write, e.g. services.c.
      gallina: coq_library targets whose sources hold the comments for the C.
      copts: further options of the C compiler.
      deps: cc_library targets with the headers that the C includes.
      **kwargs: what cc_library takes, e.g. visibility.
    """
    _gallina_c(
        name = name + "_text",
        gallina = gallina,
        header = header,
        source = source,
        visibility = kwargs.get("visibility"),
        writer = writer,
    )
    native.cc_library(
        name = name,
        srcs = [source],
        hdrs = [header],
        copts = ["-Wpedantic", "-Wshadow", "-Wconversion"] + copts,
        includes = ["."],
        deps = deps,
        **kwargs
    )
