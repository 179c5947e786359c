# SPDX-License-Identifier: Apache-2.0
"""repository_test: runs a checker over all sources of one kind."""

def repository_test(name, kind, checker, options = []):
    """Fails when the checker does.

    Args:
      name: the target, ending in _test.
      kind: what tools/lint/files.sh calls the files.
      checker: the program; it gets the files after its options, at the top of the repository.
      options: of the checker.
    """
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["//tools/lint:files.sh"],
        args = [kind, "$(rootpath %s)" % checker] + options,
        data = [
            checker,
            "//:WORKSPACE",
        ],
        tags = [
            "external",
            "local",
        ],
    )
