# SPDX-License-Identifier: Apache-2.0
"""What coverage.py and mutations.py share: the host's tests (pipcore/arch/host:services_suite) with other services."""

import os
import pathlib
import sys


def library_of(suite):
    """The name by which the suite asks for its services; the working directory is that of its runfiles."""
    libraries = sorted(pathlib.Path(".").glob("_solib_*/*pipcore_Sservices*.so"))
    if not libraries:
        sys.exit(f"{suite} has no library of services that could be replaced")
    return libraries[0].name


def includes(files):
    """Options for a compiler, so that it finds these headers (FOLDER/pip/NAME.h, or services.h beside services.c)."""
    folders = set()
    for file in map(pathlib.Path, files):
        folders.add(file.absolute().parent if file.suffix == ".c" else file.absolute().parent.parent)
    return [option for folder in sorted(folders) for option in ("-I", str(folder))]


def environment(place):
    """Variables with which the suite takes the library in this place for its own."""
    variables = {name: value for name, value in os.environ.items()
                 if name not in ("GTEST_FILTER", "XML_OUTPUT_FILE", "TEST_PREMATURE_EXIT_FILE")}
    return dict(variables, LD_LIBRARY_PATH=str(place), TEST_TMPDIR=str(place))


def listed(path):
    """The lines of a file that are neither empty nor comments."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}
