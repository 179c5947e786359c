# SPDX-License-Identifier: Apache-2.0
"""What each translated program has beside its theorems: the writer of its C, and wrong programs that are refused."""

load("//tools/bazel:coq.bzl", "coq_extract", "coq_library")
load("//tools/bazel:ocaml.bzl", "ocaml_binary")

def c_writer(name, src, program):
    """The program that writes the C of a translated program.

    Args:
      name: the target, by custom write_c.
      src: the .v file that extracts the text.
      program: the coq_library with the text.
    """
    coq_extract(
        name = "text",
        src = src,
        outs = [
            "text.ml",
            "text.mli",
        ],
        deps = [program],
    )
    ocaml_binary(
        name = name,
        srcs = ["//verification/translation:write_c.ml"],
        generated = [":text"],
    )

def refused_test(name, src, program):
    """Wrong programs are refused: the library :refused builds only then.

    Args:
      name: the target, ending in _test.
      src: the .v file with the wrong programs.
      program: the coq_library with the right program.
    """
    coq_library(
        name = "refused",
        srcs = {src: []},
        deps = [program],
    )
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["//verification/translation:refused_test.sh"],
        args = ["$(locations :refused)"],
        data = [":refused"],
    )
