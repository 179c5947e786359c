# SPDX-License-Identifier: Apache-2.0
"""Rules for Coq: libraries, audits of assumptions, extracted programs, C printed by Gallina.

Each .v file is one action with declared inputs, so that proofs are checked in parallel, again only when something
they use has changed, and from a cache.
"""

CoqInfo = provider(
    doc = "What a Coq library gives to those that require it.",
    fields = {
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

def _coqc(ctx, source, inputs, paths, outputs, arguments, script, message):
    """Runs coqc quietly: its words are shown only when it fails."""
    args = ctx.actions.args()
    args.add("-q")
    args.add("-noglob")
    args.add_all(["-w", "+default"])
    args.add_all(paths, map_each = _path_argument)
    args.add_all(arguments)
    args.add(source)
    ctx.actions.run_shell(
        inputs = depset([source], transitive = inputs),
        tools = [ctx.executable._coqc],
        outputs = outputs,
        command = script,
        arguments = [ctx.executable._coqc.path, outputs[0].path, args],
        mnemonic = "Coq",
        progress_message = message,
    )

def _path_argument(path):
    directory, _, logical = path.rpartition(":")
    return ["-Q", directory, logical]

_COMPILE = """coqc=$1; output=$2; shift 2
"$coqc" "$@" > "$output.log" 2>&1 || { cat "$output.log"; exit 1; }
rm -f "$output.log"
"""

_COQC = {
    "_coqc": attr.label(default = "@debian//:coqc", executable = True, cfg = "exec"),
}

def _coq_library_impl(ctx):
    logical = ctx.attr.logical or logical_path(ctx.label.package)
    merged = _merge(ctx.attr.deps)
    sources = {file.basename: file for file in ctx.files.srcs}
    own_paths = {file.dirname + ":" + logical: None for file in ctx.files.srcs}
    own_paths["/".join([part for part in [ctx.bin_dir.path, ctx.label.package] if part]) + ":" + logical] = None
    paths = depset(own_paths.keys(), transitive = merged.paths)
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
        _coqc(
            ctx,
            source = source,
            inputs = [closure[name]] + merged.vo,
            paths = paths,
            outputs = [output],
            arguments = ["-o", output.path],
            script = _COMPILE,
            message = "Checking %s.%s" % (logical, name[:-len(".v")]),
        )
        compiled[name] = output
    vo = compiled.values()
    return [
        DefaultInfo(files = depset(vo), runfiles = ctx.runfiles(files = vo)),
        CoqInfo(
            paths = paths,
            sources = depset(ctx.files.srcs, transitive = merged.sources),
            vo = depset(vo, transitive = merged.vo),
        ),
    ]

_coq_library = rule(
    implementation = _coq_library_impl,
    attrs = dict(_COQC, **{
        "deps": attr.label_list(providers = [CoqInfo]),
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
        fail("coq_library %s: these files require each other: %s" %
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
