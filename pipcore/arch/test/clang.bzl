# SPDX-License-Identifier: Apache-2.0
"""clang_objects: all generated C by the other compiler, for a kernel that the same tests must accept."""

_SOURCES = {
    "boot_check": "//pipcore/boot-check",
    "services": "//pipcore/services",
}

def clang_objects(name, arch, flags, mal_headers):
    """Objects boot_check_NAME.o and services_NAME.o.

    Args:
      name: what their names end with.
      arch: the folder of pipcore/arch that calls this.
      flags: what clang must know of the processor.
      mal_headers: the headers of pipcore/mal with this machine's layout.
    """
    machine = "//pipcore/arch/%s:include/pip/machine.h" % arch
    for source, package in _SOURCES.items():
        native.genrule(
            name = "%s_%s" % (source, name),
            srcs = [
                package + ":%s.c" % source,
                package + ":%s.h" % source,
                machine,
                "//pipcore/boot-check:%s_headers" % arch,
                mal_headers,
            ],
            outs = ["%s_%s.o" % (source, name)],
            cmd = " ".join([
                "folders=; for header in $(locations %s) $(location %s); do" % (mal_headers, machine),
                "  folders=\"$$folders -I $$(dirname $$(dirname $$header))\";",
                "done;",
                "$(location @debian//:clang) %s" % " ".join(flags),
                "-ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -fno-common -std=c11 -O2",
                "-Wall -Wextra -Wno-unknown-pragmas -Werror -I. -Ipipcore/boot-check/%s $$folders" % arch,
                "-c $(location %s:%s.c) -o $@" % (package, source),
            ]),
            tools = ["@debian//:clang"],
        )
