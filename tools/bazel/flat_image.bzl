# SPDX-License-Identifier: Apache-2.0
"""flat_image: an ELF file as the bytes that are loaded."""

def flat_image(ctx, objcopy, elf, flat):
    """Writes the flat image of an ELF file.

    Args:
      ctx: the rule's context.
      objcopy: the objcopy of elf's architecture, an executable.
      elf: the linked program.
      flat: the file to write, declared by the rule.
    """
    ctx.actions.run(
        inputs = [elf],
        outputs = [flat],
        executable = objcopy,
        arguments = ["-O", "binary", elf.path, flat.path],
        mnemonic = "FlatImage",
        progress_message = "Writing the flat image %s" % flat.short_path,
    )
