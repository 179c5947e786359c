# SPDX-License-Identifier: Apache-2.0
"""What each translated program has beside its theorems: the writer of its C, and wrong programs that are refused."""

load("//tools/bazel:coq.bzl", "coq_extract", "coq_library")
load("//tools/bazel:ocaml.bzl", "ocaml_binary")

def c_writer(name, program):
    """The program that writes the C of a translated program, from the package's ExtractText.v.

    Args:
      name: the target, by custom write_c.
      program: the coq_library with the text.
    """
    coq_extract(
        name = "text",
        src = "ExtractText.v",
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

def refused_test(name, program):
    """Wrong programs are refused: the library with the package's Refused.v builds only then.

    Args:
      name: the target, ending in _test.
      program: the coq_library with the right program.
    """
    coq_library(
        name = "refused",
        srcs = {"Refused.v": []},
        deps = [program],
    )
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["//verification/translation:refused_test.sh"],
        args = ["$(locations :refused)"],
        data = [":refused"],
    )
