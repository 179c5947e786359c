#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Static check of the kernel's own page tables: those that an image's code would fill.

usage: kernel_pages.py KERNEL.elf | IMAGE.image (of a pip_image, which names its kernel)

Executes the function that fills the kernel's tables (execute.py: `FillKernelTables` on x86, `fill_tables` on ARM), from
the image's machine code, on machines of several sizes and features, and follows every entry as the MMU would:
- no page is accessible to user mode, so none that is writable is; on x86 no entry of either level has the user bit
- of the image, text and constants are read-only; the guard page is not mapped; the window does not show the image
- on ARM, nothing is writable and executable; on x86, slots of user space are empty
Prints one line per fault, and exits with 1.
"""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import kernel_image
import execute

PAGE = 4096
WINDOW_X86, WINDOW_ARM, OFFSET_ARM = 0xD0000000, 0x80000000, 0xF0000000


class Mapping:
    """A page as the processor sees it."""

    def __init__(self, virtual, physical, bits):
        self.virtual, self.physical = virtual, physical
        self.user, self.write, self.execute = bits


def x86_pages(machine, directory):
    """All pages of a directory and its tables (Intel SDM volume 3A, tables 4-4 to 4-6)."""
    for slot in range(1024):
        upper = machine.read(directory + 4 * slot)
        if not upper & 1:
            if upper:
                yield Mapping(slot << 22, 0, (True, True, True))    # neither absent nor a table
            continue
        user, write = bool(upper & 4), bool(upper & 2)
        for i in range(1024):
            lower = upper & ~0xFFF | upper & 7 if upper & 0x80 else machine.read((upper & ~0xFFF) + 4 * i)
            frame = (upper >> 22 << 10 | i) if upper & 0x80 else lower >> 12
            if lower & 1:
                # One of both would be shut, but nothing of the kernel's has this bit.
                bits = (user or bool(lower & 4), write and bool(lower & 2), True)
                yield Mapping(slot << 22 | i << 12, frame << 12, bits)


def arm_pages(machine, table):
    """All pages of a first-level table (ARM DDI 0406C, section B3.5.1, with SCTLR.AFE = 1, section B3.7.1)."""
    for slot in range(4096):
        upper = machine.read(table + 4 * slot)
        kind = upper & 3
        if kind == 1:
            for i in range(256):
                lower = machine.read((upper & ~0x3FF) + 4 * i)
                bits = (bool(lower & 1 << 5), not lower & 1 << 9, not lower & 1)
                if lower & 3:
                    large = not lower & 2
                    yield Mapping(slot << 20 | i << 12, lower & ~0xFFF, (True, True, True) if large else bits)
        elif kind:
            bits = (bool(upper & 1 << 11), not upper & 1 << 15, not upper & 1 << 4)
            bits = (True, True, True) if kind == 3 or upper & 1 << 18 else bits    # not of the kernel's kinds
            for i in range(256):
                yield Mapping(slot << 20 | i << 12, upper & ~0xFFFFF | i << 12, bits)


def symbol(image, name):
    """The address of a symbol."""
    if name not in image.symbols:
        raise kernel_image.Fault("the image has no symbol " + name)
    return image.symbols[name]


def function(image, part):
    """The one function with this in its name."""
    found = [address for address, name in image.functions.items() if part in name]
    if len(found) != 1:
        raise kernel_image.Fault("the image has %d functions %s" % (len(found), part))
    return found[0]


def x86_machines(image):
    """Each machine: its name, its pages, where its window begins, how many bytes the window has."""
    start = function(image, "FillKernelTables")
    begin, end = symbol(image, "kernel_begin"), symbol(image, "kernel_end")
    # The tables stand where the image has them; those of the window behind, and the arguments at 1 GiB.
    names = ("kernel_directory", "image_table", "first_window_table")
    tables = {name: function_or_object(image, name) for name in names}
    more, arguments, stack = 0x800000, 0x40000000, 0x50000000
    for frames, large, everywhere in ((2050, 0, 0), (2050, 0, 1), (2050, 1, 0), (191 * 1024, 1, 1)):
        machine = execute.X86(image)
        records = [tables["kernel_directory"], tables["image_table"], tables["image_table"] // PAGE,
                   tables["first_window_table"], tables["first_window_table"] // PAGE,
                   begin // PAGE, -(-end // PAGE), symbol(image, "kernel_data_begin") // PAGE,
                   symbol(image, "kernel_stack_guard") // PAGE]
        for i, value in enumerate(records):
            machine.write(arguments + 4 * i, value)
        slots = 0 if large else -(-frames // 1024) - 1
        machine.call(start, stack, [arguments, arguments + 20, frames, large | everywhere << 8, more, slots,
                                    more // PAGE])
        yield ("%d frames, large pages %d, global pages %d" % (frames, large, everywhere),
               list(x86_pages(machine, tables["kernel_directory"])), WINDOW_X86, frames * PAGE)


def function_or_object(image, part):
    """The address of the one symbol with this in its name."""
    found = {address for name, address in image.symbols.items() if part in name}
    if len(found) != 1:
        raise kernel_image.Fault("the image has %d symbols %s" % (len(found), part))
    return found.pop()


def arm_machines(image):
    """The one machine: tables are filled before memory is known."""
    machine = execute.Arm(image)
    machine.call(symbol(image, "fill_tables"))
    yield ("any memory", list(arm_pages(machine, symbol(image, "kernel_table") - OFFSET_ARM)), WINDOW_ARM, 0x40100000)


def faults_of(image, arm, pages, window, window_bytes):
    """What is wrong with the pages of a machine."""
    begin, end = symbol(image, "kernel_begin"), -(-symbol(image, "kernel_end") // PAGE) * PAGE
    offset = OFFSET_ARM if arm else 0
    text, guard = symbol(image, "kernel_data_begin"), symbol(image, "kernel_stack_guard")
    seen = set()
    for page in pages:
        what = "page %s, of %s, " % (hex(page.virtual), hex(page.physical))
        if page.user:
            yield what + "may be accessible to user mode" + (" and writable" if page.write else "")
        if arm and page.write and page.execute:
            yield what + "is writable and executable"
        if begin <= page.virtual < end:
            seen.add(page.virtual)
            if page.physical != page.virtual - offset:
                yield what + "is not where the image stands"
            if page.virtual < text and page.write:
                yield what + "is text, and writable"
            if page.virtual == guard:
                yield what + "is the guard page, and mapped"
        elif window <= page.virtual < window + (window_bytes + (1 << 22) - 1 & ~((1 << 22) - 1)):
            seen.add(page.virtual)
            if page.physical != page.virtual - window:
                yield what + "is in the window, at the wrong place"
            if begin - offset <= page.physical < end - offset:
                yield what + "shows the image in the window"
        elif not (arm and page.virtual == page.physical and begin - offset <= page.virtual < end - offset):
            yield what + "is neither of the image nor of the window"
        elif page.write and page.virtual < text - offset:
            yield what + "is text, and writable"
    missing = [a for a in range(begin, end, PAGE) if a != guard and a not in seen]
    missing += [window + a for a in range(PAGE, window_bytes, PAGE)
                if window + a not in seen and not begin - offset <= a < end - offset]
    if missing:
        yield "%d pages of the image or of the window are not mapped, the first is %s" % (len(missing), hex(missing[0]))


def main(path):
    """Checks one image; prints what is wrong, at most ten faults."""
    with open(path, "rb") as file:
        arm = struct.unpack_from("<H", file.read(20), 18)[0] == kernel_image.EM_ARM
    if arm:
        import arm_code  # pylint: disable=import-outside-toplevel
        image = arm_code.Code(path)
    else:
        image = kernel_image.Image(path)
    faults, machines, entries = [], 0, 0
    try:
        for name, pages, window, window_bytes in (arm_machines if arm else x86_machines)(image):
            machines += 1
            entries += len(pages)
            faults += ["%s: %s" % (name, fault) for fault in faults_of(image, arm, pages, window, window_bytes)][:10]
            if faults:
                break
    except kernel_image.Fault as fault:
        faults.append("the code that fills the tables %s" % fault)
    for fault in faults:
        print("FAIL " + fault)
    if not faults:
        print("PASS %d pages on %d machines: none for user mode, text read-only" % (entries, machines))
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: kernel_pages.py KERNEL.elf | IMAGE.image")
    sys.exit(main(kernel_image.kernel_of(sys.argv[1])))
