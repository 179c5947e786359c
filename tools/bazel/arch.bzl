# SPDX-License-Identifier: Apache-2.0
"""The architectures that run Pip, and the transition that builds a target for one of them.

An architecture has a platform, an objcopy for it, and says whether kernel and files are packed into one, because no
boot loader brings them.
"""

ARCHITECTURES = {
    "armv7": struct(
        platform = "//tools/bazel/platforms:armv7_none",
        objcopy = "@debian//:arm-none-eabi-objcopy",
        packed = True,
    ),
    "x86": struct(
        platform = "//tools/bazel/platforms:x86_none",
        objcopy = "@debian//:objcopy",
        packed = False,
    ),
}

def _arch_transition_impl(_settings, attr):
    if attr.arch not in ARCHITECTURES:
        fail("%s: unknown architecture %s; known: %s" % (attr.name, attr.arch, ", ".join(ARCHITECTURES.keys())))
    return {"//command_line_option:platforms": ARCHITECTURES[attr.arch].platform}

arch_transition = transition(
    implementation = _arch_transition_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

def _gallina_transition_impl(_settings, _attr):
    return {"//command_line_option:platforms": "//tools/bazel/platforms:gallina"}

# Proofs do not depend on the machine that the C is for. Without this, the kernel for each architecture and the tests
# on the host would each check all of them again.
gallina_transition = transition(
    implementation = _gallina_transition_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

# What every rule with a transition must have.
TRANSITION_ATTRS = {
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}
