#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""quotations.py PAGE...: what a page quotes is what the files say and what the images print.

A comment above a block says where it comes from:

    <!-- in FILE -->        the block stands in the file, line for line
    <!-- prints IMAGE -->   the image, booted in QEMU, prints these lines and no others, and ends well
    <!-- stops IMAGE -->    the same, and the kernel stops the machine

`as NAME` at the end puts NAME for template_partition. In what is printed, … stands for anything. A block without such a
comment is a list of commands (```sh), or an error.
"""

import pathlib
import re
import subprocess
import sys

QUOTATION = re.compile(r"(?:<!-- (in|prints|stops) (\S+?)(?: as (\S+))? -->\n)?^```([^\n]*)\n(.*?)^```$", re.S | re.M)
TEMPLATE = "template_partition"


def printed(image, stops):
    """What the image prints, if it ends as it should."""
    command = ["tools/bazel/emulator/qemu", "--seconds", "100"]
    command += ["--expect", "last_words"] if stops else []
    run = subprocess.run(command + [f"{image}.image"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise ValueError(f"{image} failed: {run.stderr}")
    return run.stdout.replace("\r", "")


def same_lines(block, text):
    """Whether the lines are the same, where … is anything."""
    pattern = ".*".join(re.escape(part) for part in block.split("…"))
    return re.fullmatch(pattern, text) is not None


def wrong(how, place, name, block):
    """What is wrong with a quotation; nothing if it is right."""
    if how == "in":
        text = pathlib.Path(place).read_text(encoding="utf-8")
        if block not in text.replace(TEMPLATE, name or TEMPLATE):
            return f"{place} does not say:\n{block}"
        return None
    try:
        text = printed(place, how == "stops").replace(TEMPLATE, name or TEMPLATE)
    except ValueError as error:
        return str(error)
    return None if same_lines(block, text) else f"{place} prints:\n{text}but the page says:\n{block}"


def main():
    failures = []
    for page in sys.argv[1:]:
        count = 0
        for how, place, name, language, block in QUOTATION.findall(pathlib.Path(page).read_text(encoding="utf-8")):
            if how:
                count += 1
                found = wrong(how, place, name, block)
            else:
                found = None if language == "sh" else f"nothing says where this comes from:\n{block}"
            if found:
                failures.append(f"FAIL {page}: {found}")
        if count == 0:
            failures.append(f"FAIL {page} quotes nothing")
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
