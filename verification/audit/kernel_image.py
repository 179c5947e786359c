#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Static checks of a kernel's ELF image for x86 or ARM (arm_code.py), on its machine code: whatever compiled it.

usage: kernel_image.py KERNEL.elf | IMAGE.image (of a pip_image, which names its kernel)

- no segment that is writable and executable; text and data share no page; no relocation, no undefined symbol, nothing
  that a linker's --wrap put around a function
- every call and jump goes to the beginning of a known function, or stays in its own
- no indirect call but through the table `fast_services`, which nobody can write; indirect jumps only through tables
  that lead into the function; no far call, no interrupt instruction, no return to what the function itself wrote
- what no path reaches has no call, no return and no indirect jump
- no instruction of the floating-point, MMX or SSE unit
- no recursion; the deepest use of the stack, over all functions, is computed, printed, and fits the stack
Prints one line per fault, and exits with 1.
"""
import os
import re
import struct
import subprocess
import sys

EM_ARM = 40
CALL_TABLES = ["fast_services"]
# What the processor may have pushed before: a frame with error code from virtual-8086 mode (Intel SDM volume 3B,
# section 20.3.1), and over it that of an interrupt or a single step at the first instructions of a gate, with the two
# words of its stub.
HARDWARE_BYTES = 40 + 12 + 8
SAVE_AREAS = ("registers", "interrupted", "exit_frame")
# Ways to go elsewhere that no kernel of ours takes.
ELSEWHERE = ("lcall", "lcalll", "int", "int1", "int3", "into", "icebp", "sysenter", "syscall", "sysret", "rsm",
             "vmcall", "retf", "lretl", "xbegin", "bound")
FOREIGN = re.compile(r"%(st|mm\d|[xyz]mm)|^(f[a-z]+|emms|ldmxcsr|stmxcsr)$")


class Fault(Exception):
    """One thing that is wrong with the image."""


def run(tool, *arguments):
    """Output of a program of binutils."""
    environment = dict(os.environ, LC_ALL="C")
    return subprocess.run([tool, *arguments], check=True, capture_output=True, text=True, env=environment).stdout


class Image:
    """Symbols, bytes and instructions of an ELF file; here for x86."""

    tool = "objdump"

    @staticmethod
    def words_of(text):
        """An instruction without comments."""
        return text.split("#")[0].split("<")[0].strip()

    def __init__(self, path):
        self.bytes = open(path, "rb").read()
        self.segments = []
        offset, size, count = struct.unpack_from("<I", self.bytes, 28)[0], *struct.unpack_from("<HH", self.bytes, 42)
        for i in range(count):
            header = struct.unpack_from("<8I", self.bytes, offset + i * size)
            kind, at, address, _, file_size, memory_size, flags, _ = header
            if kind == 1:
                self.segments.append((address, memory_size, flags, at, file_size))
        self.symbols, self.undefined = {}, []
        functions = {}
        for line in run("readelf", "-sW", path).splitlines():
            field = line.split()
            if len(field) < 8 or not field[0].rstrip(":").isdigit():
                continue
            address, size, kind, section, name = int(field[1], 16), int(field[2], 0), field[3], field[6], field[7]
            if name.startswith("$"):
                continue    # ARM: where code and data begin
            if section == "UND":
                self.undefined.append(name)
            elif kind in ("FUNC", "NOTYPE", "OBJECT"):
                self.symbols.setdefault(name, address)
                if kind == "FUNC":
                    functions[address] = (name, size)
        code_end = max((a + s for a, (_, s) in functions.items()), default=0)
        text = [s for s in self.segments if s[2] & 1]
        begin = text[0][0] if text else 0
        self.functions = {a: n for a, (n, _) in functions.items()}
        for name, address in self.symbols.items():
            if begin <= address < code_end and address not in self.functions and not name.startswith("kernel_"):
                self.functions[address] = name
        self.instructions, previous = {}, None
        for line in run(self.tool, "-d", "--no-show-raw-insn", "-j", ".text", path).splitlines():
            match = re.match(r"\s*([0-9a-f]+):\t(.+)$", line)
            text = self.words_of(match[2]) if match else None
            if text and int(match[1], 16) < code_end:
                address = int(match[1], 16)
                self.instructions[address] = [text, None]
                if previous is not None:
                    self.instructions[previous][1] = address
                previous = address
        if previous is not None:
            self.instructions[previous][1] = code_end
        self.has_relocations = "There are no relocations" not in run("readelf", "-rW", path)

    def word(self, address):
        """The word that the image has there, or nothing."""
        for begin, _, _, at, size in self.segments:
            if begin <= address <= begin + size - 4:
                return struct.unpack_from("<I", self.bytes, at + address - begin)[0]
        return None

    def writable(self, address):
        """Whether it is not in a segment that nobody can write."""
        return not any(begin <= address < begin + size and not flags & 2 for begin, size, flags, _, _ in self.segments)

    def table(self, address, accepts):
        """The words from an address on, as long as they are accepted."""
        words = []
        while (word := self.word(address + 4 * len(words))) is not None and accepts(word):
            words.append(word)
        return words


class Stack:
    """Walks every path through the code, counting bytes of stack."""

    owners = ("kernel_stack_guard", "kernel_stack_top")
    hardware_bytes = HARDWARE_BYTES
    call_bytes = 4
    rest = 0    # how far above the stack's end depths are counted from

    def __init__(self, image):
        self.image = image
        self.top = image.symbols.get(self.owners[1], 0)
        self.size = self.top - image.symbols.get(self.owners[0], 0) - 4096
        self.need = {}
        self.open = []
        self.deepest_absolute = 0
        self.reached = set()
        self.returns = set()
        self.pops = {}   # arguments that a function removes when it returns: the place for a structure

    def name(self, address):
        """The function that begins there."""
        return self.image.functions.get(address, hex(address))

    def of(self, start):
        """The bytes that the function at this address uses below its return address; checks all it does."""
        if start in self.need:
            return self.need[start]
        if start in self.open:
            names = [self.name(a) for a in self.open[self.open.index(start):] + [start]]
            raise Fault("recursion, whose depth nothing bounds: " + " -> ".join(names))
        if start not in self.image.functions:
            raise Fault("a call goes to %s, where no function begins" % hex(start))
        self.open.append(start)
        deepest, seen, work = 0, {}, [(start, 0, None)]
        while work:
            address, depth, absolute = work.pop()
            if seen.get(address) == (depth, absolute):
                continue
            if address in seen and seen[address] != (depth, absolute):
                if absolute == seen[address][1] and depth <= seen[address][0]:
                    continue
                if len([1 for a in seen.values() if a]) > 100000 or depth > 1 << 16:
                    raise Fault("%s: a loop that takes stack in each round" % self.name(start))
            seen[address] = (depth, absolute)
            self.reached.add(address)
            if address not in self.image.instructions:
                raise Fault("%s runs into %s, which is no instruction" % (self.name(start), hex(address)))
            for next_address, next_depth, next_absolute, below in self.step(start, address, depth, absolute):
                if next_absolute is None and absolute is None:
                    if below > deepest:
                        deepest = below
                else:
                    self.count_absolute(start, address, next_absolute if next_absolute is not None else absolute, below)
                if next_address is not None:
                    work.append((next_address, next_depth, next_absolute))
        self.open.pop()
        self.need[start] = deepest
        return deepest

    unreached = re.compile(r"(call|lcall|ljmp|ret|iret|lret|sysexit|(jmp|jmpl) +\*|%s)" % "|".join(ELSEWHERE))

    def unreached_faults(self):
        """Instructions behind calls that do not return, and the like: nothing there may lead anywhere new."""
        for address, (text, _) in sorted(self.image.instructions.items()):
            if address not in self.reached and self.unreached.match(text):
                yield "%s is on no path from a function's beginning: %s" % (hex(address), text)

    def count_absolute(self, start, address, base, below):
        """Stack used from an address that the code itself loaded into ESP."""
        low = base - below
        if self.top - self.size <= base <= self.top:
            self.deepest_absolute = max(self.deepest_absolute, self.top - low)
            return
        allowed = [a for a in SAVE_AREAS if a in self.image.symbols
                   and self.image.symbols[a] <= low and base <= self.image.symbols[a] + 64]
        if below > 0 and not allowed:
            raise Fault("%s at %s pushes to %s, which is neither stack nor a place to save registers"
                        % (self.name(start), hex(address), hex(low)))

    def step(self, start, address, depth, absolute):
        """What one instruction leads to: (next, depth, absolute base, bytes used below the base)."""
        text, following = self.image.instructions[address]
        operation, _, operands = text.partition(" ")
        operands = operands.strip()
        while operation in ("rep", "repz", "repnz", "lock", "cs", "ds", "es", "notrack"):
            operation, _, operands = operands.partition(" ")
            operands = operands.strip()
        if FOREIGN.search(operation) or FOREIGN.search(operands):
            raise Fault("%s at %s uses another unit than the integer one: %s" % (self.name(start), hex(address), text))
        if operation in ELSEWHERE:
            raise Fault("%s at %s goes elsewhere: %s" % (self.name(start), hex(address), text))
        written = re.search(r"(?:^|,)(0x[0-9a-f]+)?\(%esp\)$", operands)
        if written and absolute is None and int(written[1] or "0", 16) // 4 * 4 == depth and \
                not operation.startswith(("cmp", "test", "push", "bt", "jmp", "call", "mul", "div", "imul", "idiv")):
            raise Fault("%s at %s writes its own return address: %s" % (self.name(start), hex(address), text))
        go = lambda d, a=absolute, below=None: [(following, d, a, d if below is None else below)]
        if operation in ("ret", "iret", "iretl", "sysexit", "ud2", "lret"):
            if operation == "ret":
                popped = int(operands.lstrip("$"), 16) if operands else 0
                if self.pops.setdefault(start, popped) != popped:
                    raise Fault("%s pops its arguments on some ways only" % self.name(start))
                self.returns.add(start)
                if absolute is None and depth != 0:
                    raise Fault("%s at %s returns with %d bytes left on the stack"
                                % (self.name(start), hex(address), depth))
            return [(None, depth, absolute, depth)]
        if operation.startswith("push"):
            return go(depth + (32 if operation.startswith("pusha") else 4))
        if operation.startswith("pop"):
            if operands == "%esp":
                raise Fault("%s at %s pops ESP" % (self.name(start), hex(address)))
            return go(depth - (32 if operation.startswith("popa") else 4))
        if operation in ("call", "calll"):
            return self.call(start, address, operands, depth, absolute, following)
        if operation in ("jmp", "jmpl") or re.match(r"(j[a-z]+|loop[a-z]*)$", operation):
            return self.jump(start, address, operation, operands, depth, absolute, following)
        if operation in ("ljmp", "ljmpl"):
            target = re.match(r"\$0x[0-9a-f]+,\$(0x[0-9a-f]+)$", operands)
            if not target:
                raise Fault("%s at %s jumps indirectly: %s" % (self.name(start), hex(address), operands))
            return [(int(target[1], 16), depth, absolute, depth)]
        if operation == "leave":
            raise Fault("%s at %s uses a frame pointer: its stack is not counted" % (self.name(start), hex(address)))
        if re.search(r"(^|,)%esp$", operands) and operation not in ("cmp", "test", "cmpl"):
            return go(*self.move(start, address, operation, operands, depth, absolute))
        return go(depth)

    def move(self, start, address, operation, operands, depth, absolute):
        """An instruction that sets ESP: the new depth, and what it is relative to."""
        source = operands.rsplit(",", 1)[0]
        number = re.match(r"\$(-?0x[0-9a-f]+)$", source)
        if operation.startswith(("sub", "add")) and number:
            amount = int(number[1], 16)
            amount -= (1 << 32) if amount >= 1 << 31 else 0
            return depth + (amount if operation.startswith("sub") else -amount), absolute
        offset = re.match(r"(-?0x[0-9a-f]+)\(%esp\)$", source)
        if operation.startswith("lea") and offset:
            return depth - int(offset[1], 16), absolute
        if operation.startswith("mov") and number:
            return 0, int(number[1], 16)
        raise Fault("%s at %s sets ESP to what is not known: %s" % (self.name(start), hex(address), operands))

    def call(self, start, address, operands, depth, absolute, following):
        """A call: its targets' need on top of the return address."""
        if operands.startswith("*"):
            table = re.match(r"\*(0x[0-9a-f]+)\(,%e..,4\)$", operands)
            known = [n for n in CALL_TABLES if table and self.image.symbols.get(n) == int(table[1], 16)]
            if not known:
                raise Fault("%s at %s calls indirectly: %s" % (self.name(start), hex(address), operands))
            if self.image.writable(int(table[1], 16)):
                raise Fault("%s at %s calls through a table that can be written" % (self.name(start), hex(address)))
            targets = self.image.table(int(table[1], 16), lambda w: w in self.image.functions)
            if not targets:
                raise Fault("%s at %s calls through a table that leads nowhere" % (self.name(start), hex(address)))
        else:
            targets = [int(operands, 16)]
        below = max(depth + self.call_bytes + self.of(target) for target in targets)
        # What follows a call that does not return is not code.
        returns = [target for target in targets if target in self.returns]
        popped = {self.pops[target] for target in returns}
        if len(popped) > 1:
            raise Fault("%s at %s calls functions that differ in what they pop" % (self.name(start), hex(address)))
        return [(following if returns else None, depth - sum(popped), absolute, below)]

    def jump(self, start, address, operation, operands, depth, absolute, following):
        """A jump within the function, through a table, or to another function in place of a call."""
        if operands.startswith("*"):
            table = re.match(r"\*(0x[0-9a-f]+)\(,%e..,4\)$", operands)
            if not table:
                raise Fault("%s at %s jumps indirectly: %s" % (self.name(start), hex(address), operands))
            own = self.extent(start)
            targets = self.image.table(int(table[1], 16), lambda w: w in own)
            if not targets:
                raise Fault("%s at %s jumps through a table that leads nowhere" % (self.name(start), hex(address)))
            return [(target, depth, absolute, depth) for target in targets]
        target = int(operands, 16)
        if target not in self.image.instructions:
            raise Fault("%s at %s jumps to %s, which is no instruction" % (self.name(start), hex(address), operands))
        result = [(target, depth, absolute, depth)]
        if target in self.image.functions and target != start and absolute is None:
            result = [(None, depth, absolute, depth + self.of(target))]
            if target in self.returns:
                self.returns.add(start)
                self.pops[start] = self.pops.get(target, 0)
        if operation not in ("jmp", "jmpl"):
            result.append((following, depth, absolute, depth))
        return result

    def extent(self, start):
        """The addresses from a function's beginning to the next one's."""
        later = [a for a in self.image.functions if a > start]
        return range(start, min(later) if later else start + (1 << 20))


def segment_faults(image):
    """What the loader and the MMU would make of the segments."""
    pages = {}
    for begin, size, flags, _, _ in image.segments:
        if flags & 1 and flags & 2:
            yield "the segment at %s is writable and executable" % hex(begin)
        for page in range(begin >> 12, (begin + size + 4095) >> 12):
            if pages.setdefault(page, flags) != flags:
                yield "page %s belongs to segments of different rights" % hex(page << 12)
    if image.has_relocations:
        yield "the image has relocations: something would have to be put in when it is loaded"
    for name in image.undefined:
        yield "%s is used, but nowhere defined" % name
    for name in sorted(image.symbols):
        if name.startswith(("__wrap_", "__real_")):
            yield "%s: a kernel for tests, with something around one of its functions" % name
    guard = image.symbols.get(Stack.owners[0])
    if guard is None or guard % 4096 != 0:
        yield "there is no guard page below the stack"


def kernel_of(path):
    """The ELF file: the one given, or the one that the manifest of a pip_image names."""
    if not path.endswith(".image"):
        return path
    for line in open(path, encoding="utf-8"):
        kind, file, _ = line.split("\t")
        if kind == "kernel":
            return file
    raise SystemExit(path + " names no kernel")


def main(path):
    """Checks one image; the number of faults is the answer."""
    image, stack = Image, Stack
    with open(path, "rb") as file:
        if struct.unpack_from("<H", file.read(20), 18)[0] == EM_ARM:
            # As it was called, not where a link leads.
            sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
            sys.modules["kernel_image"] = sys.modules["__main__"]
            import arm_code  # pylint: disable=import-outside-toplevel
            image, stack = arm_code.Code, arm_code.ArmStack
    image = image(path)
    faults = list(segment_faults(image))
    stack = stack(image)
    worst = (0, "nothing")
    for address, name in sorted(image.functions.items()):
        stack.open = []
        try:
            worst = max(worst, (stack.of(address), name))
        except Fault as fault:
            if str(fault) not in faults:
                faults.append(str(fault))
    faults += stack.unreached_faults()
    deepest = max(stack.deepest_absolute, stack.hardware_bytes + worst[0]) - stack.rest
    if deepest > stack.size:
        faults.append("the stack may need %d bytes (%s); it has %d" % (deepest, worst[1], stack.size))
    for fault in faults:
        print("FAIL " + fault)
    if not faults:
        print("PASS %d functions, %d instructions; stack: at most %d bytes (%s) of %d"
              % (len(image.functions), len(image.instructions), deepest, worst[1], stack.size))
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: kernel_image.py KERNEL.elf | IMAGE.image")
    sys.exit(main(kernel_of(sys.argv[1])))
