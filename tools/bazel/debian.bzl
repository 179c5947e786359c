# SPDX-License-Identifier: Apache-2.0
"""Repositories over what Debian packages install: programs and C++ libraries.

A build may call nothing that it has not named here, and what is missing fails with the package to install.
"""

_DIRECTORIES = ["/usr/bin", "/usr/sbin", "/usr/local/bin"]

def _install_hint(package):
    if package.startswith("npm:"):
        return "install the npm package %s (./pip setup does it)" % package[len("npm:"):]
    return "install the Debian package %s (./pip setup does it, or: sudo apt-get install %s)" % (package, package)

def _version(ctx, package):
    """The installed version, so that a new version of a tool rebuilds what it made."""
    if package.startswith("npm:"):
        return ""
    result = ctx.execute(["dpkg-query", "-W", "-f", "${Version}", package])
    return result.stdout.strip() if result.return_code == 0 else ""

def _wrapper(ctx, name, packages):
    """A script that runs the program, or says which package to install.

    It looks when it runs, not when it is written: once the package is there, the build goes on.
    """
    lines = ["#!/bin/sh"]
    for package in packages:
        package, _, path = package.rpartition(":") if package.find(":/") >= 0 else (package, "", "")
        lines.append("# %s %s" % (package, _version(ctx, package)))
        if path:
            lines.append("[ -e \"%s\" ] || { echo \"%s is missing: %s\" >&2; exit 127; }" %
                         (path, path, _install_hint(package)))
    return "\n".join(lines + [
        "for directory in %s; do" % " ".join(_DIRECTORIES),
        "  [ -x \"$directory/%s\" ] && exec \"$directory/%s\" \"$@\"" % (name, name),
        "done",
        "echo \"%s is missing: %s\" >&2" % (name, _install_hint(packages[0])),
        "exit 127",
        "",
    ])

def _debian_tools_impl(ctx):
    build = ["package(default_visibility = [\"//visibility:public\"])"]
    for name, packages in ctx.attr.tools.items():
        ctx.file("bin/" + name, _wrapper(ctx, name, packages), executable = True)
        build.append("sh_binary(name = \"%s\", srcs = [\"bin/%s\"])" % (name, name))
    ctx.file("BUILD", "\n".join(build) + "\n")

debian_tools = repository_rule(
    doc = "One executable target @NAME//:PROGRAM for each program.",
    implementation = _debian_tools_impl,
    local = True,
    attrs = {
        "tools": attr.string_list_dict(
            doc = "Program to the package that brings it, then what else it needs, as PACKAGE:PATH. " +
                  "An npm package is written npm:NAME.",
            mandatory = True,
        ),
    },
)

def _debian_library_impl(ctx):
    for name, path in ctx.attr.links.items():
        if not ctx.path(path).exists:
            fail("%s is missing: %s" % (path, _install_hint(ctx.attr.package)))
        ctx.symlink(path, name)
    ctx.symlink(ctx.attr.build_file, "BUILD")

debian_library = repository_rule(
    doc = "A C++ library from a Debian package, described by a BUILD file of ours.",
    implementation = _debian_library_impl,
    local = True,
    attrs = {
        "build_file": attr.label(mandatory = True),
        "links": attr.string_dict(doc = "Path in the repository to path on the machine.", mandatory = True),
        "package": attr.string(doc = "The Debian package that brings it.", mandatory = True),
    },
)
