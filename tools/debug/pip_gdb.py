# SPDX-License-Identifier: Apache-2.0
"""Commands for gdb that show what Pip's kernel knows, from the guest's memory; `help pip` lists them.

The machine may stand anywhere: QEMU is asked for physical memory. The layout's constants are read from the headers of
pipcore/mal whose places PIP_LAYOUT in the environment says, separated by colons; the machine's is one of them.
"""

import contextlib
import os
import re
import struct

import gdb  # pylint: disable=import-error

LAYOUT = {}
for _place in os.environ["PIP_LAYOUT"].split(":"):
    with open(_place, encoding="utf-8") as _header:
        LAYOUT.update((name, int(value, 0))
                      for name, value in re.findall(r"#define PIP_(\w+) (0x[0-9A-F]+|\d+)U?\b", _header.read()))

ENTRIES = LAYOUT["TABLE_SIZE"]
if "LINKS" in LAYOUT:  # ARMv7: four links lead to the four parts of a leaf table; user space is the first GiB
    CONTEXT = ["spsr", "sp", "lr", *(f"r{i}" for i in range(13)), "pc", "pipflags", "valid"]
    LINKS, LINK_PRESENT = LAYOUT["LINKS"], LAYOUT["LINK_PRESENT"]
    SLOTS = range(LAYOUT["USER_PAGES"] // ENTRIES)
    IMAGE_OFFSET = LAYOUT["IMAGE_OFFSET"]
else:  # x86: slot 0 and the window are the kernel's
    CONTEXT = ["eip", "pipflags", "eflags", "edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax", "valid"]
    LINKS, LINK_PRESENT = 1, LAYOUT["ENTRY_PRESENT"]
    SLOTS = [slot for slot in range(1, ENTRIES)
             if not LAYOUT["FIRST_WINDOW_SLOT"] <= slot <= LAYOUT["LAST_WINDOW_SLOT"]]
    IMAGE_OFFSET = 0
COUNTER = "pc" if "pc" in CONTEXT else "eip"


def rights(entry):
    """What user mode may do with a page that it sees."""
    if "ENTRY_READ_ONLY" in LAYOUT:
        return "r" + ("-" if entry & LAYOUT["ENTRY_READ_ONLY"] else "w") + (
            "-" if entry & LAYOUT["ENTRY_NEVER_EXECUTE"] else "x")
    return "r" + ("w" if entry & LAYOUT["ENTRY_WRITABLE"] else "-") + (
        "x" if entry & LAYOUT["ENTRY_EXECUTABLE"] else "-")


class Memory:
    """Physical memory, each frame read once: the machine stands while a command looks at it."""

    def __init__(self):
        self.frames = {}

    def __enter__(self):
        self.frames.clear()
        try:
            gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
        except gdb.error as error:
            raise gdb.GdbError(f"the machine is gone, or runs: {error}") from error

    def __exit__(self, *_):
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)

    def words(self, frame):
        """The words of a frame."""
        if frame not in self.frames:
            try:
                data = gdb.selected_inferior().read_memory(frame * LAYOUT["PAGE_BYTES"], LAYOUT["PAGE_BYTES"])
            except gdb.MemoryError as error:
                raise gdb.GdbError(f"frame {frame:#x} cannot be read") from error
            self.frames[frame] = struct.unpack(f"<{ENTRIES}I", bytes(data))
        return self.frames[frame]

    def variable(self, name):
        """A variable of the kernel, whose image lies at a fixed distance from its addresses."""
        address = (int(gdb.parse_and_eval(f"(unsigned int)&{name}")) - IMAGE_OFFSET) & 0xFFFFFFFF
        return self.words(address >> 12)[address >> 2 & 0x3FF]


MEMORY = Memory()


class Partition:
    """What a descriptor says, and what its tables map. While createPartition is at work, the parent has the mark of a
    descriptor already, but what is in it is not the kernel's yet: then it does not name the parent."""

    def __init__(self, frame, parent=None):
        self.frame = frame
        words = MEMORY.words(frame)
        self.whole = parent is None or words[LAYOUT["DESCRIPTOR_PARENT"]] == parent.frame * LAYOUT["PAGE_BYTES"]
        self.vsti = words[LAYOUT["DESCRIPTOR_VSTI"]] != 0
        self.roots = [words[LAYOUT[f"DESCRIPTOR_{tree}"]] >> 12 for tree in ("MMU", "SHADOW1")]

    def leaf(self, tree, slot):
        """The leaf table of 1024 entries for a slot of the tree of that number; nothing if there is none."""
        if not self.whole:
            return None
        link = MEMORY.words(self.roots[tree])[slot * LINKS]
        return MEMORY.words(link >> 12) if link & LINK_PRESENT else None

    def leaves(self):
        """First page, entries and gifts of each pair of leaf tables."""
        for slot in SLOTS:
            entries = self.leaf(0, slot)
            if entries is not None:
                yield slot * ENTRIES, entries, self.leaf(1, slot) or (0,) * ENTRIES

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
                yield page, Partition(entry >> 12, self)

    def word(self, address):
        """A word of the partition's memory; nothing if it maps none there."""
        entries = self.leaf(0, address >> 22) if address % 4 == 0 and address >> 22 in SLOTS else None
        entry = entries[address >> 12 & 0x3FF] if entries is not None else 0
        return MEMORY.words(entry >> 12)[address >> 2 & 0x3FF] if entry & LAYOUT["ENTRY_USER"] else None


def tree(partition, depth=0, at=None):
    """The partition and all below it: depth, the page at which its parent has it, itself."""
    yield depth, at, partition
    for page, child in partition.children():
        yield from tree(child, depth + 1, page)


def root():
    """The root partition, once there is one."""
    frame = MEMORY.variable("root_partition")
    if frame == 0:
        raise gdb.GdbError("there is no root partition yet: let the machine run, or break at yieldTo")
    return Partition(frame)


def number(text):
    """The value of what the user wrote."""
    try:
        return int(gdb.parse_and_eval(text)) & 0xFFFFFFFF
    except gdb.error as error:
        raise gdb.GdbError(f"{text} is no number: {error}") from error


def named(argument):
    """The partition that the user means: the frame of its descriptor, or, if only one child has its descriptor there,
    the address at which `pip tree` shows it; nothing for the running one."""
    name = number(argument) if argument else MEMORY.variable("running_partition")
    partitions = [(at, partition) for _, at, partition in tree(root())]
    found = [partition for _, partition in partitions if partition.frame == name]
    found = found or [partition for at, partition in partitions if at is not None and at << 12 == name]
    if len(found) > 1:
        raise gdb.GdbError(f"several partitions have a child at {name:#x}; name it by the frame of its descriptor")
    if not found:
        raise gdb.GdbError(f"no partition has its descriptor in frame {name:#x}; `pip tree` lists them")
    return found[0]


def describe(depth, at, partition, running):
    """One line about a partition."""
    place = "root" if at is None else f"child at {at << 12:#010x}"
    name = f"{'  ' * depth}{place}: descriptor in frame {partition.frame:#x}, "
    if not partition.whole:
        return name + "being made: createPartition is at work"
    pages = list(partition.pages())
    shown = sum(1 for _, entry, _ in pages if entry & LAYOUT["ENTRY_USER"])
    given = sum(1 for _, _, gift in pages if gift >> 12)
    return (f"{name}{shown} pages, {given} given to children, {len(pages) - shown} held by the kernel, "
            f"{'VSTI' if partition.vsti else 'VCLI'}{', running' if partition.frame == running else ''}")


def ranges(partition):
    """Runs of pages of the same kind: first page, last page, what they are."""
    runs = []
    for page, entry, gift in partition.pages():
        what = rights(entry) if entry & LAYOUT["ENTRY_USER"] else "kernel"
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

    A partition is named by the frame of its descriptor, or by the address that `pip tree` shows, if it is the only
    child there; without a name it is the running partition."""

    def __init__(self):
        super().__init__("pip", gdb.COMMAND_DATA, prefix=True)


class Look(gdb.Command):
    """A command that looks at the guest's memory."""

    def invoke(self, argument, from_tty):
        with MEMORY:
            self.show(argument)

    def show(self, argument):
        """What the command does."""
        raise NotImplementedError


class Tree(Look):
    """pip tree: all partitions, each below its parent."""

    def __init__(self):
        super().__init__("pip tree", gdb.COMMAND_DATA)

    def show(self, argument):
        running = MEMORY.variable("running_partition")
        for depth, at, partition in tree(root()):
            print(describe(depth, at, partition, running))


class Maps(Look):
    """pip maps [PARTITION]: what it maps, and to whom it gave which pages; `pip maps all` for every partition."""

    def __init__(self):
        super().__init__("pip maps", gdb.COMMAND_DATA)

    def show(self, argument):
        if argument != "all":
            self.ranges_of(named(argument), 0)
            return
        running = MEMORY.variable("running_partition")
        for depth, at, partition in tree(root()):
            print(describe(depth, at, partition, running))
            self.ranges_of(partition, depth + 1)

    @staticmethod
    def ranges_of(partition, depth):
        """A line for each range."""
        for first, last, what in ranges(partition):
            print(f"{'  ' * depth}{first << 12:#010x}-{(last << 12) + 0xFFF:#010x}  {last - first + 1:6}  {what}")


class Vidt(Look):
    """pip vidt [PARTITION]: the contexts that its VIDT names."""

    def __init__(self):
        super().__init__("pip vidt", gdb.COMMAND_DATA)

    def show(self, argument):
        partition = named(argument)
        runs = []
        for vector in range(ENTRIES - 1):
            address = partition.word((LAYOUT["VIDT_PAGE"] << 12) + 4 * vector)
            if address is None:
                raise gdb.GdbError("its VIDT cannot be read")
            if address and runs and runs[-1][1] == vector - 1 and runs[-1][2] == address:
                runs[-1][1] = vector
            elif address:
                runs.append([vector, vector, address])
        for first, last, address in runs:
            counter = partition.word(address + 4 * CONTEXT.index(COUNTER))
            where = "no context" if counter is None else f"{COUNTER} {counter:#010x}"
            vectors = str(first) if first == last else f"{first}-{last}"
            print(f"{vectors:>9}  {address:#010x}  {where}")


class Context(Look):
    """pip context ADDRESS [PARTITION]: the registers in the context at this address of the partition."""

    def __init__(self):
        super().__init__("pip context", gdb.COMMAND_DATA)

    def show(self, argument):
        words = gdb.string_to_argv(argument)
        if not 1 <= len(words) <= 2:
            raise gdb.GdbError("which context? pip context ADDRESS [PARTITION]")
        address = number(words[0])
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


class Svg(Look):
    """pip svg FILE: the tree of partitions and what each maps, as a picture."""

    def __init__(self):
        super().__init__("pip svg", gdb.COMMAND_DATA)

    def show(self, argument):
        if not argument:
            raise gdb.GdbError("which file? pip svg FILE")
        running, lines = MEMORY.variable("running_partition"), []
        for depth, at, partition in tree(root()):
            lines.append((depth, PARTITION_COLOUR, describe(0, at, partition, running)))
            lines += [(depth + 1, colour(what), f"{first << 12:#010x}-{(last << 12) + 0xFFF:#010x}  {what}")
                      for first, last, what in ranges(partition)]
        # A tree can be deep.
        width = 900 + 30 * max(depth for depth, _, _ in lines)
        rows = "".join(
            f'<rect x="{20 + 30 * depth}" y="{10 + 22 * i}" width="{width - 30 * depth}" height="20" '
            f'fill="{fill}"/>'
            f'<text x="{26 + 30 * depth}" y="{25 + 22 * i}">{text}</text>'
            for i, (depth, fill, text) in enumerate(lines))
        picture = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 40} {20 + 22 * len(lines)}" '
                   'font-family="monospace" font-size="12"><rect width="100%" height="100%" fill="white"/>'
                   f'{rows}</svg>\n')
        try:
            with open(os.path.expanduser(argument), "w", encoding="utf-8") as file:
                file.write(picture)
        except OSError as error:
            raise gdb.GdbError(f"{argument} cannot be written: {error.strerror}") from error
        print(f"{os.path.basename(argument)}: {len(lines)} lines")


for _command in (Pip, Tree, Maps, Vidt, Context, Svg):
    _command()


def run_to(function):
    """Lets the machine run until it comes to the function."""
    try:
        gdb.decode_line(function)
    except gdb.error as error:
        raise gdb.GdbError(f"neither the kernel nor a partition of this image has a function {function}") from error
    place = gdb.Breakpoint(function, internal=True, temporary=True)
    try:
        gdb.execute("continue", to_string=True)
    except gdb.error:
        pass  # the machine is gone
    if not gdb.selected_inferior().pid:
        raise gdb.GdbError(f"the machine has stopped before it came to {function}")
    # A temporary breakpoint goes when the machine comes to it.
    if place.is_valid():
        raise KeyboardInterrupt


def inspect():
    """What ./pip inspect does, with its options in the environment; ends gdb, whose own words nobody wants to see."""
    function, picture = os.environ["PIP_INSPECT_AT"], os.environ["PIP_INSPECT_SVG"]
    status = 0
    with os.fdopen(3, "w", encoding="utf-8") as output, contextlib.redirect_stdout(output):
        try:
            if function:
                run_to(function)
            gdb.execute("pip tree")
            print()
            gdb.execute("pip maps all")
            if picture:
                gdb.execute(f"pip svg {picture}")
        except (gdb.error, gdb.GdbError) as error:
            os.write(2, f"pip: {error}\n".encode())
            status = 2
        except KeyboardInterrupt:
            os.write(2, f"pip: interrupted before the machine came to {function}\n".encode())
            status = 130
    # A machine of ours is ended by who started it; another one goes on.
    if not function:
        gdb.execute("detach")
    os._exit(status)  # pylint: disable=protected-access
