# SPDX-License-Identifier: Apache-2.0
"""A C and C++ toolchain for a machine without an operating system, over a gcc of the host."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
)

_COMPILE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
]

# No library, no start file, no tables for unwinding, no position independence, no hidden calls of a run-time system.
_FREESTANDING_FLAGS = [
    "-ffreestanding",
    "-fno-pic",
    "-no-pie",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-common",
    "-fno-ident",
    # Paths of the build machine stay out of what is built.
    "-fno-canonical-system-headers",
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
    "-g",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Werror",
]

_C_FLAGS = ["-std=c11"]

_CXX_FLAGS = [
    "-std=c++20",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-fno-use-cxa-atexit",
]

_LINK_FLAGS = [
    "-nostdlib",
    "-static",
    "-no-pie",
    "-Wl,--gc-sections",
    "-Wl,--build-id=none",
    "-Wl,--fatal-warnings",
    "-Wl,-z,noexecstack",
    "-Wl,-z,max-page-size=4096",
]

def _flags(name, actions, flags):
    return feature(
        name = name,
        enabled = True,
        flag_sets = [flag_set(actions = actions, flag_groups = [flag_group(flags = flags)])],
    )

def _config_impl(ctx):
    tools = {name: ctx.attr.prefix + name for name in ["ar", "cpp", "gcov", "ld", "nm", "objdump", "strip"]}
    tools["gcc"] = ctx.attr.gcc
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = ctx.attr.machine,
        host_system_name = "local",
        target_system_name = "none",
        target_cpu = ctx.attr.machine,
        target_libc = "none",
        compiler = "gcc",
        abi_version = "none",
        abi_libc_version = "none",
        cxx_builtin_include_directories = [
            "/usr/lib/gcc",
            "/usr/lib/gcc-cross",
            "/usr/include",
            "/usr/lib/arm-none-eabi",
        ],
        tool_paths = [tool_path(name = name, path = path) for name, path in tools.items()],
        features = [
            _flags("freestanding", _COMPILE, _FREESTANDING_FLAGS + ctx.attr.compile_flags),
            _flags("c11", [ACTION_NAMES.c_compile], _C_FLAGS),
            _flags("cxx20", [ACTION_NAMES.cpp_compile], _CXX_FLAGS),
            _flags("freestanding_link", [ACTION_NAMES.cpp_link_executable], _LINK_FLAGS + ctx.attr.link_flags),
            feature(
                name = "libgcc",
                enabled = True,
                flag_sets = [flag_set(
                    actions = [ACTION_NAMES.cpp_link_executable],
                    flag_groups = [flag_group(flags = ["-lgcc"])],
                )],
            ),
        ],
    )

_config = rule(
    implementation = _config_impl,
    attrs = {
        "compile_flags": attr.string_list(),
        "gcc": attr.string(mandatory = True),
        "link_flags": attr.string_list(),
        "machine": attr.string(mandatory = True),
        "prefix": attr.string(mandatory = True),
    },
    provides = [CcToolchainConfigInfo],
)

def freestanding_toolchain(name, cpu, gcc, prefix, compile_flags, link_flags):
    """Declares `NAME_toolchain`, to be registered in WORKSPACE.

    Args:
      name: the platform, as in tools/bazel/platforms.
      cpu: constraint value of the processor.
      gcc: the compiler: a script in this package that says which Debian package is missing.
      prefix: what the names of the other tools begin with.
      compile_flags: flags of this processor, beside those of every freestanding program.
      link_flags: the same, for linking.
    """
    _config(
        name = name + "_config",
        compile_flags = compile_flags,
        gcc = gcc,
        link_flags = link_flags,
        machine = name,
        prefix = prefix,
    )
    native.filegroup(
        name = name + "_files",
        srcs = [gcc],
    )
    native.cc_toolchain(
        name = name + "_cc",
        all_files = name + "_files",
        ar_files = name + "_files",
        as_files = name + "_files",
        compiler_files = name + "_files",
        dwp_files = name + "_files",
        linker_files = name + "_files",
        objcopy_files = name + "_files",
        strip_files = name + "_files",
        supports_param_files = False,
        toolchain_config = name + "_config",
    )
    native.toolchain(
        name = name + "_toolchain",
        exec_compatible_with = ["@platforms//os:linux"],
        target_compatible_with = [cpu, "@platforms//os:none"],
        toolchain = name + "_cc",
        toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    )
