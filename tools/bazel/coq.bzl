# SPDX-License-Identifier: Apache-2.0
"""Rules for Coq: libraries, audits of assumptions, extracted programs, C printed by Gallina.

Each .v file is one action with declared inputs, so that proofs are checked in parallel, again only when something
they use has changed, and from a cache.
"""

load("//tools/bazel:arch.bzl", "TRANSITION_ATTRS", "gallina_transition")

CoqInfo = provider(
    doc = "What a Coq library gives to those that require it.",
    fields = {
        "own_sources": "list of the .v files of this library alone",
        "paths": "depset of strings DIRECTORY:LOGICAL, the -Q arguments",
        "sources": "depset of the .v files",
        "vo": "depset of the compiled .vo files",
    },
)

# Folder of the repository to logical name; the longest match counts. What is not listed lies under Pip.
_LOGICAL_ROOTS = {
    "pipcore": "Pip",
    "scheduler-edf": "Pip.Edf",
    "verification": "Pip",
}

def _capitalised(name):
    return "".join([word[0].upper() + word[1:] for word in name.replace("-", "_").split("_") if word])

def logical_path(package):
    """The logical name of a folder: pipcore/model is Pip.Model."""
    parts = package.split("/")
    root = _LOGICAL_ROOTS.get(parts[0])
    if root:
        parts = parts[1:]
    return ".".join([root or "Pip"] + [_capitalised(part) for part in parts])

def _merge(deps):
    infos = [dep[CoqInfo] for dep in deps]
    return struct(
        paths = [info.paths for info in infos],
        sources = [info.sources for info in infos],
        vo = [info.vo for info in infos],
    )

def _path_argument(path):
    directory, _, logical = path.rpartition(":")
    return ["-Q", directory, logical]

# Runs coqc quietly: its words are shown only when it fails.
_COMPILE = """
coqc=$1; shift
words=$("$coqc" "$@" 2>&1) || { printf '%s\\n' "$words"; exit 1; }
"""

# The same, with the words in a file.
_PRINT = """
coqc=$1; output=$2; source=$3; shift 3
mkdir -p printed
cp "$source" printed
"$coqc" "$@" "printed/${source##*/}" > "$output" 2>&1 || { cat "$output"; exit 1; }
"""

# Extraction writes to the current directory, whatever else is there: it gets one of its own, two levels down, and the
# repository's relative paths are made to begin two levels up.
_EXTRACT = """
coqc=$PWD/$1; directory=$2; source=$3; outputs=$4; shift 4
mkdir -p extraction/work
cp "$source" extraction/work
cd extraction/work
words=$("$coqc" "$@" "${source##*/}" 2>&1) || { printf '%s\\n' "$words"; exit 1; }
cd ../..
for output in $outputs; do mv "extraction/work/$output" "$directory/$output" || exit 1; done
"""

def _coqc(ctx, message, script, inputs, outputs, paths, arguments):
    """One run of coqc, in which warnings are errors."""
    coqc = ctx.actions.args()
    coqc.add(ctx.executable._coqc)
    options = ctx.actions.args()
    options.add_all(["-q", "-noglob", "-w", "+default"])
    options.add_all(paths, map_each = _path_argument)
    ctx.actions.run_shell(
        inputs = inputs,
        tools = [ctx.executable._coqc],
        outputs = outputs,
        # coqc looks for a user's settings, and warns when it cannot.
        command = "export HOME=$PWD" + script,
        arguments = [coqc] + arguments + [options],
        use_default_shell_env = True,
        mnemonic = "Coq",
        progress_message = message,
    )

_COQ_ATTRS = dict(TRANSITION_ATTRS, **{
    "deps": attr.label_list(providers = [CoqInfo]),
    "_coqc": attr.label(default = "@debian//:coqc", executable = True, cfg = "exec"),
})

def _coq_library_impl(ctx):
    logical = ctx.attr.logical or logical_path(ctx.label.package)
    merged = _merge(ctx.attr.deps)
    sources = {file.basename: file for file in ctx.files.srcs}

    # A source gets its logical name from where it is; what is required is found where it was compiled.
    compiled_path = "/".join([part for part in [ctx.bin_dir.path, ctx.label.package] if part]) + ":" + logical
    paths = depset([compiled_path], transitive = merged.paths)
    compiled = {}
    closure = {}
    for name in ctx.attr.order:
        # The order is a topological one: what a file requires comes before it.
        direct = ctx.attr.requires[name]
        closure[name] = depset(
            [compiled[other] for other in direct],
            transitive = [closure[other] for other in direct],
        )
        source = sources[name]
        output = ctx.actions.declare_file(name[:-len(".v")] + ".vo")
        file_arguments = ctx.actions.args()
        file_arguments.add_all(["-Q", source.dirname, logical, "-o", output, source])
        _coqc(
            ctx,
            message = "Checking %s.%s" % (logical, name[:-len(".v")]),
            script = _COMPILE,
            inputs = depset([source], transitive = [closure[name]] + merged.vo),
            outputs = [output],
            paths = paths,
            arguments = [file_arguments],
        )
        compiled[name] = output
    vo = compiled.values()
    return [
        DefaultInfo(files = depset(vo), runfiles = ctx.runfiles(files = vo)),
        CoqInfo(
            own_sources = ctx.files.srcs,
            paths = paths,
            sources = depset(ctx.files.srcs, transitive = merged.sources),
            vo = depset(vo, transitive = merged.vo),
        ),
    ]

_coq_library = rule(
    implementation = _coq_library_impl,
    cfg = gallina_transition,
    attrs = dict(_COQ_ATTRS, **{
        "logical": attr.string(),
        "order": attr.string_list(mandatory = True),
        "requires": attr.string_list_dict(mandatory = True),
        "srcs": attr.label_list(allow_files = [".v"], mandatory = True),
    }),
)

def _in_order(name, requires):
    """The files such that each comes after those it requires; fails on unknown names and on cycles."""
    for file, others in requires.items():
        for other in others:
            if other not in requires:
                fail("coq_library %s: %s requires %s, which is not in srcs" % (name, file, other))
    order = []
    for _ in requires:
        for file in requires:
            if file not in order and not [other for other in requires[file] if other not in order]:
                order.append(file)
    if len(order) < len(requires):
        fail("coq_library %s: among these, files require each other in a circle: %s" %
             (name, ", ".join([file for file in requires if file not in order])))
    return order

def coq_library(name, srcs, deps = [], logical = "", **kwargs):
    """Checks and compiles Coq files; warnings are errors.

    The logical name comes from the folder: pipcore/model is Pip.Model, scheduler-edf/services is Pip.Edf.Services.

    Args:
      name: the target.
      srcs: each file, with the files of this same library that it requires: {"A.v": [], "B.v": ["A.v"]}.
        `tools/bazel/coq/list_requires FOLDER` prints it.
      deps: the coq_library targets of other folders that any of the files requires.
      logical: another logical name than the folder's; seldom right.
      **kwargs: what every rule takes, e.g. visibility.
    """
    _coq_library(
        name = name,
        srcs = srcs.keys(),
        requires = srcs,
        order = _in_order(name, srcs),
        deps = deps,
        logical = logical,
        **kwargs
    )

def _coq_extract_impl(ctx):
    merged = _merge(ctx.attr.deps)
    outputs = [ctx.actions.declare_file(name) for name in ctx.attr.outs]
    arguments = ctx.actions.args()
    arguments.add_all([outputs[0].dirname, ctx.file.src, " ".join(ctx.attr.outs)])
    _coqc(
        ctx,
        message = "Extracting from %s" % ctx.file.src.short_path,
        script = _EXTRACT,
        inputs = depset([ctx.file.src], transitive = merged.vo),
        outputs = outputs,
        paths = depset(["../../" + path for path in depset(transitive = merged.paths).to_list()]),
        arguments = [arguments],
    )
    return [DefaultInfo(files = depset(outputs))]

coq_extract = rule(
    doc = "Runs a .v file that extracts OCaml, e.g. with `Extraction \"model.ml\" f g.`",
    implementation = _coq_extract_impl,
    cfg = gallina_transition,
    attrs = dict(_COQ_ATTRS, **{
        "outs": attr.string_list(
            doc = "The files that it writes and others use.",
            mandatory = True,
        ),
        "src": attr.label(allow_single_file = [".v"], mandatory = True),
    }),
)

AssumptionsInfo = provider(
    doc = "What theorems rest on.",
    fields = {
        "answer": "the file with what Coq says about each theorem",
        "sources": "depset of the .v files from which the theorems come",
    },
)

def _coq_assumptions_impl(ctx):
    merged = _merge(ctx.attr.deps)
    modules = {theorem.rpartition(".")[0]: None for theorem in ctx.attr.theorems}
    question = ctx.actions.declare_file(ctx.label.name + "_question.v")
    ctx.actions.write(question, "".join(
        ["Require %s.\n" % module for module in modules] +
        [
            "Goal True. idtac \"Theorem %s\". exact I. Qed.\nPrint Assumptions %s.\n" % (theorem, theorem)
            for theorem in ctx.attr.theorems
        ],
    ))
    answer = ctx.actions.declare_file(ctx.label.name + ".txt")
    arguments = ctx.actions.args()
    arguments.add_all([answer, question])
    _coqc(
        ctx,
        message = "Asking what the theorems of %s rest on" % ctx.label,
        script = _PRINT,
        inputs = depset([question], transitive = merged.vo),
        outputs = [answer],
        paths = depset(transitive = merged.paths),
        arguments = [arguments],
    )
    sources = depset(transitive = merged.sources)
    return [
        DefaultInfo(files = depset([answer]), runfiles = ctx.runfiles([answer])),
        AssumptionsInfo(answer = answer, sources = sources),
    ]

coq_assumptions = rule(
    doc = "NAME.txt: what Coq says that each theorem rests on. To judge it, use coq_assumptions_test.",
    implementation = _coq_assumptions_impl,
    cfg = gallina_transition,
    attrs = dict(_COQ_ATTRS, **{
        "theorems": attr.string_list(
            allow_empty = False,
            doc = "Full names, e.g. Pip.Isolation.Theorems.isolation.",
            mandatory = True,
        ),
    }),
)

def _coq_audit_test_impl(ctx):
    info = ctx.attr.assumptions[AssumptionsInfo]
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(script, "#!/bin/sh\nexec \"./%s\" --assumptions \"%s\" --allowed \"%s\" %s\n" % (
        ctx.executable._audit.short_path,
        info.answer.short_path,
        ctx.file.allowed.short_path,
        " ".join(["\"%s\"" % file.short_path for file in info.sources.to_list()]),
    ), is_executable = True)
    runfiles = ctx.runfiles([info.answer, ctx.file.allowed], transitive_files = info.sources)
    return [DefaultInfo(
        executable = script,
        runfiles = runfiles.merge(ctx.attr._audit[DefaultInfo].default_runfiles),
    )]

_coq_audit_test = rule(
    implementation = _coq_audit_test_impl,
    test = True,
    attrs = {
        "allowed": attr.label(allow_single_file = True, mandatory = True),
        "assumptions": attr.label(mandatory = True, providers = [AssumptionsInfo]),
        "_audit": attr.label(default = "//tools/bazel/coq:audit", executable = True, cfg = "exec"),
    },
)

def coq_assumptions_test(
        name,
        theorems,
        deps,
        allowed = "//verification/audit:allowed_axioms.txt",
        visibility = None,
        **kwargs):
    """Fails when a theorem rests on an axiom that is not allowed, or a source leaves anything unproved.

    Args:
      name: the target, ending in _test.
      theorems: full names, e.g. Pip.Isolation.Theorems.isolation.
      deps: the coq_library targets that hold them. Their sources, and those of their deps, are looked through.
      allowed: one allowed axiom per line, then why; # begins a comment.
      visibility: of the test and of NAME_assumptions, the answer of Coq.
      **kwargs: what every test takes.
    """
    kwargs.setdefault("size", "small")
    coq_assumptions(
        name = name + "_assumptions",
        theorems = theorems,
        visibility = visibility,
        deps = deps,
    )
    _coq_audit_test(
        name = name,
        allowed = allowed,
        assumptions = name + "_assumptions",
        visibility = visibility,
        **kwargs
    )
