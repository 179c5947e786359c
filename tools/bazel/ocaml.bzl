# SPDX-License-Identifier: Apache-2.0
"""ocaml_binary: a native OCaml program, from sources of ours and from what Coq extracts."""

# The compiler writes beside its sources, so they are copied to a directory of this action.
_BUILD = """
ocamlfind=$PWD/$1; output=$2; packages=$3; options=$4; shift 4
mkdir -p ocaml_work
cp "$@" ocaml_work
cd ocaml_work
"$ocamlfind" ocamlopt -package "$packages" -linkpkg $options $("$ocamlfind" ocamldep -sort "${@##*/}") -o program
cd ..
mv ocaml_work/program "$output"
"""

def _ocaml_binary_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name)
    arguments = ctx.actions.args()
    arguments.add_all([ctx.executable._ocamlfind, output])
    arguments.add(",".join(ctx.attr.packages))

    # Extracted code is not written for people: the compiler says nothing about it.
    arguments.add("-w -a" if ctx.files.generated else "-warn-error +a")
    arguments.add_all(ctx.files.generated + ctx.files.srcs)
    ctx.actions.run_shell(
        inputs = ctx.files.generated + ctx.files.srcs,
        tools = [ctx.executable._ocamlfind],
        outputs = [output],
        command = _BUILD,
        arguments = [arguments],
        use_default_shell_env = True,
        mnemonic = "Ocaml",
        progress_message = "Compiling the OCaml program %s" % ctx.label,
    )
    return [DefaultInfo(
        executable = output,
        files = depset([output]),
        runfiles = ctx.runfiles(ctx.files.data),
    )]

ocaml_binary = rule(
    doc = "A native OCaml program. The files are compiled in the order in which they use each other.",
    implementation = _ocaml_binary_impl,
    executable = True,
    attrs = {
        "data": attr.label_list(allow_files = True),
        "generated": attr.label_list(
            allow_files = [".ml", ".mli"],
            doc = "coq_extract targets.",
        ),
        "packages": attr.string_list(
            default = ["str"],
            doc = "Packages of findlib.",
        ),
        "srcs": attr.label_list(allow_files = [".ml", ".mli"]),
        "_ocamlfind": attr.label(default = "@debian//:ocamlfind", executable = True, cfg = "exec"),
    },
)
