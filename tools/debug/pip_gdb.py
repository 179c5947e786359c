# SPDX-License-Identifier: Apache-2.0
"""Commands for gdb that show what Pip's kernel knows, from the guest's memory; `help pip` lists them.

The machine may stand anywhere: all is read through the kernel's window, physical_memory. The layout's constants are
read from the headers of pipcore/mal whose places PIP_LAYOUT in the environment says, separated by colons.
"""

import os
import re
import struct

import gdb  # pylint: disable=import-error

LAYOUT = {}
for _place in os.environ["PIP_LAYOUT"].split(":"):
    with open(_place, encoding="utf-8") as _header:
        LAYOUT.update((name, int(value, 0))
                      for name, value in re.findall(r"#define PIP_(\w+) (0x[0-9A-F]+|\d+)U\b", _header.read()))

ENTRIES = LAYOUT["TABLE_SIZE"]
CONTEXT = ["eip", "pipflags", "eflags", "edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax", "valid"]


def variable(name):
    """A variable of the kernel."""
    return int(gdb.parse_and_eval(f"*(unsigned int *)&{name}"))


def frame_words(frame):
    """The words of a frame of physical memory."""
    address = int(gdb.parse_and_eval("(unsigned int)&physical_memory")) + frame * LAYOUT["PAGE_BYTES"]
    try:
        data = gdb.selected_inferior().read_memory(address, LAYOUT["PAGE_BYTES"])
    except gdb.MemoryError as error:
        raise gdb.GdbError(f"frame {frame:#x} cannot be read: has the kernel come as far as the window?") from error
    return struct.unpack(f"<{ENTRIES}I", bytes(data))


class Partition:
    """What a descriptor says, and what its tables map."""

    def __init__(self, frame):
        self.frame = frame
        self.read = {}
        words = frame_words(frame)
        self.parent = words[LAYOUT["DESCRIPTOR_PARENT"]] >> 12
        self.vsti = words[LAYOUT["DESCRIPTOR_VSTI"]] != 0
        self.roots = [words[LAYOUT[f"DESCRIPTOR_{tree}"]] >> 12 for tree in ("MMU", "SHADOW1", "SHADOW2")]

    def leaves(self):
        """First page, entries and gifts of each pair of leaf tables."""
        directory, gifts = frame_words(self.roots[0]), frame_words(self.roots[1])
        for slot, (link, gift_link) in enumerate(zip(directory, gifts)):
            kernel = slot == 0 or LAYOUT["FIRST_WINDOW_SLOT"] <= slot <= LAYOUT["LAST_WINDOW_SLOT"]
            if not kernel and link & LAYOUT["ENTRY_PRESENT"]:
                yield slot * ENTRIES, frame_words(link >> 12), frame_words(gift_link >> 12)

    def pages(self):
        """Each mapped page: its number, its entry, its gift."""
        for first, entries, gifts in self.leaves():
            for i, entry in enumerate(entries):
                if entry & LAYOUT["ENTRY_PRESENT"]:
                    yield first + i, entry, gifts[i]

    def children(self):
        """The page at which each child's descriptor is mapped, and the child."""
        for page, entry, gift in self.pages():
            if gift & LAYOUT["GIFT_IS_DESCRIPTOR"]:
                yield page, Partition(entry >> 12)

    def word(self, address):
        """A word of the partition's memory; nothing if it maps none there."""
        if address % 4:
            return None
        link = self.frame_words(self.roots[0])[address >> 22]
        if not link & LAYOUT["ENTRY_USER"]:
            return None
        entry = self.frame_words(link >> 12)[address >> 12 & 0x3FF]
        return self.frame_words(entry >> 12)[address >> 2 & 0x3FF] if entry & LAYOUT["ENTRY_USER"] else None

    def frame_words(self, frame):
        """The words of a frame, read once: the machine stands while a command looks at a partition."""
        if frame not in self.read:
            self.read[frame] = frame_words(frame)
        return self.read[frame]


def tree(partition, depth=0, at=None):
    """The partition and all below it: depth, the page at which its parent has it, itself."""
    yield depth, at, partition
    for page, child in partition.children():
        yield from tree(child, depth + 1, page)


def root():
    """The root partition, once there is one."""
    frame = variable("root_partition")
    if frame == 0:
        raise gdb.GdbError("there is no root partition yet: let the machine run, or break at yieldTo")
    return Partition(frame)


def named(argument):
    """The partition that the user means: the frame of its descriptor, or nothing for the running one."""
    frame = int(gdb.parse_and_eval(argument)) if argument else variable("running_partition")
    for _, _, partition in tree(root()):
        if partition.frame == frame:
            return partition
    raise gdb.GdbError(f"no partition has its descriptor in frame {frame:#x}; `pip tree` lists them")


def describe(depth, at, partition, running):
    """One line about a partition."""
    pages = list(partition.pages())
    shown = sum(1 for _, entry, _ in pages if entry & LAYOUT["ENTRY_USER"])
    given = sum(1 for _, _, gift in pages if gift >> 12)
    place = "root" if at is None else f"child at {at << 12:#010x}"
    return (f"{'  ' * depth}{place}: descriptor in frame {partition.frame:#x}, {shown} pages, "
            f"{given} given to children, {len(pages) - shown} held by the kernel, "
            f"{'VSTI' if partition.vsti else 'VCLI'}{', running' if partition.frame == running else ''}")


def ranges(partition):
    """Runs of pages of the same kind: first page, last page, what they are."""
    runs = []
    for page, entry, gift in partition.pages():
        rights = "".join(letter if entry & LAYOUT[bit] else "-"
                         for letter, bit in (("r", "ENTRY_USER"), ("w", "ENTRY_WRITABLE"), ("x", "ENTRY_EXECUTABLE")))
        what = rights if entry & LAYOUT["ENTRY_USER"] else "kernel"
        if gift & LAYOUT["GIFT_IS_DESCRIPTOR"]:
            what += ", descriptor of a child"
        elif gift >> 12:
            what += f", given to the child at {gift & LAYOUT['FRAME_MASK']:#010x}"
        if runs and runs[-1][1] == page - 1 and runs[-1][2] == what:
            runs[-1][1] = page
        else:
            runs.append([page, page, what])
    return runs


class Pip(gdb.Command):
    """What Pip's kernel knows.

    A partition is named by the frame of its descriptor, without one it is the running partition."""

    def __init__(self):
        super().__init__("pip", gdb.COMMAND_DATA, prefix=True)


class Tree(gdb.Command):
    """pip tree: all partitions, each below its parent."""

    def __init__(self):
        super().__init__("pip tree", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        running = variable("running_partition")
        for depth, at, partition in tree(root()):
            print(describe(depth, at, partition, running))


class Maps(gdb.Command):
    """pip maps [PARTITION]: what it maps, and to whom it gave which pages; `pip maps all` for every partition."""

    def __init__(self):
        super().__init__("pip maps", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        if argument != "all":
            self.show(named(argument), 0)
            return
        running = variable("running_partition")
        for depth, at, partition in tree(root()):
            print(describe(depth, at, partition, running))
            self.show(partition, depth + 1)

    @staticmethod
    def show(partition, depth):
        """A line for each range."""
        for first, last, what in ranges(partition):
            print(f"{'  ' * depth}{first << 12:#010x}-{(last << 12) + 0xFFF:#010x}  {last - first + 1:6}  {what}")


class Vidt(gdb.Command):
    """pip vidt [PARTITION]: the contexts that its VIDT names."""

    def __init__(self):
        super().__init__("pip vidt", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        partition = named(argument)
        for vector in range(ENTRIES - 1):
            address = partition.word((LAYOUT["VIDT_PAGE"] << 12) + 4 * vector)
            if address is None:
                raise gdb.GdbError("its VIDT cannot be read")
            if address:
                eip = partition.word(address)
                where = "no context" if eip is None else f"eip {eip:#010x}"
                print(f"{vector:4}  {address:#010x}  {where}")


class Context(gdb.Command):
    """pip context ADDRESS [PARTITION]: the registers in the context at this address of the partition."""

    def __init__(self):
        super().__init__("pip context", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not words:
            raise gdb.GdbError("which context? pip context ADDRESS [PARTITION]")
        address = int(gdb.parse_and_eval(words[0])) & 0xFFFFFFFF
        partition = named(words[1] if len(words) > 1 else "")
        for i, name in enumerate(CONTEXT):
            value = partition.word(address + 4 * i)
            if value is None:
                raise gdb.GdbError(f"{address + 4 * i:#x} cannot be read in that partition, or is no multiple of 4")
            print(f"{name:9} {value:#010x}")


PARTITION_COLOUR = "#cfe0f7"


def colour(what):
    """The colour of a range in the picture: the kernel's, given to a child, or the partition's alone."""
    if what.startswith("kernel"):
        return "#d9d9d9"
    return "#d8f0d0" if "given" in what else "#f7f7f7"


class Svg(gdb.Command):
    """pip svg FILE: the tree of partitions and what each maps, as a picture."""

    def __init__(self):
        super().__init__("pip svg", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("which file? pip svg FILE")
        running, lines = variable("running_partition"), []
        for depth, at, partition in tree(root()):
            lines.append((depth, PARTITION_COLOUR, describe(0, at, partition, running)))
            lines += [(depth + 1, colour(what), f"{first << 12:#010x}-{(last << 12) + 0xFFF:#010x}  {what}")
                      for first, last, what in ranges(partition)]
        rows = "".join(
            f'<rect x="{20 + 30 * depth}" y="{10 + 22 * i}" width="{900 - 30 * depth}" height="20" '
            f'fill="{fill}"/>'
            f'<text x="{26 + 30 * depth}" y="{25 + 22 * i}">{text}</text>'
            for i, (depth, fill, text) in enumerate(lines))
        with open(argument, "w", encoding="utf-8") as file:
            file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 940 {20 + 22 * len(lines)}" '
                       f'font-family="monospace" font-size="12">{rows}</svg>\n')
        print(f"{argument}: {len(lines)} lines")


for _command in (Pip, Tree, Maps, Vidt, Context, Svg):
    _command()
