# SPDX-License-Identifier: Apache-2.0
"""Runs a function of a kernel's image, instruction by instruction, on a memory of words: so much of x86 and ARM as
compilers make of code that fills tables.  An instruction that is not known is a Fault, never a guess.
"""
import re

import kernel_image

MASK = 0xFFFFFFFF
STEPS = 10_000_000
RETURN = 0xFFFFFFF0    # where the function returns to


def signed(value):
    """A word as a number with a sign."""
    return value - (1 << 32) if value & 1 << 31 else value


class Machine:
    """Memory and registers; what the image does not hold is 0 until it is written."""

    def __init__(self, image):
        self.image = image
        self.words = {}
        self.registers = {}
        self.compared = (0, 0)    # what the last comparison compared; a result is compared with 0

    def read(self, address):
        """An aligned word."""
        if address % 4:
            raise kernel_image.Fault("reads a word at %s" % hex(address))
        return self.words[address] if address in self.words else self.image.word(address) or 0

    def write(self, address, value):
        """An aligned word."""
        if address % 4:
            raise kernel_image.Fault("writes a word at %s" % hex(address))
        self.words[address] = value & MASK

    def run(self, start):
        """Until the function returns."""
        address = start
        for _ in range(STEPS):
            if address == RETURN:
                return
            if address not in self.image.instructions:
                raise kernel_image.Fault("runs into %s, which is no instruction" % hex(address))
            text, following = self.image.instructions[address]
            operation, _, operands = text.partition(" ")
            address = self.step(operation, operands.strip(), following, address)
        raise kernel_image.Fault("does not end")

    def step(self, operation, operands, following, address):
        """Does one instruction; where the next one is."""
        raise NotImplementedError

    def holds(self, condition):
        """Whether a condition of x86, without its first letter, holds of what was compared."""
        a, b = self.compared
        table = {"e": a == b, "b": a < b, "be": a <= b, "l": signed(a) < signed(b), "le": signed(a) <= signed(b),
                 "s": signed((a - b) & MASK) < 0}
        table.update({"z": table["e"], "c": table["b"], "ae": not table["b"], "a": not table["be"],
                      "ge": not table["l"], "g": not table["le"]})
        table.update({"n" + name: not value for name, value in list(table.items())})
        if condition not in table:
            raise kernel_image.Fault("asks for a condition that is not known: " + condition)
        return table[condition]


class X86(Machine):
    """32-bit x86; arguments on the stack."""

    parts = {"al": ("eax", 0), "ah": ("eax", 8), "bl": ("ebx", 0), "bh": ("ebx", 8), "cl": ("ecx", 0),
             "ch": ("ecx", 8), "dl": ("edx", 0), "dh": ("edx", 8)}

    def call(self, start, stack, arguments):
        """Calls a function with words as arguments."""
        self.registers = dict.fromkeys(["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp"], 0)
        self.registers["esp"] = stack - 4 * (len(arguments) + 1)
        for i, value in enumerate([RETURN, *arguments]):
            self.write(self.registers["esp"] + 4 * i, value)
        self.run(start)

    def place(self, operand):
        """The address that an operand in parentheses names."""
        match = re.match(r"(-?0x[0-9a-f]+)?\((%\w+)?(?:,(%\w+)(?:,(\d))?)?\)$", operand)
        if not match:
            raise kernel_image.Fault("has an operand that is not known: " + operand)
        base = self.registers[match[2][1:]] if match[2] else 0
        index = self.registers[match[3][1:]] if match[3] and match[3] != "%eiz" else 0
        return (int(match[1] or "0", 16) + base + index * int(match[4] or "1")) & MASK

    def value(self, operand, byte=False):
        """What an operand holds."""
        if operand.startswith("$"):
            return int(operand[1:], 16) & (0xFF if byte else MASK)
        if operand.startswith("%"):
            name = operand[1:]
            if name in self.parts:
                register, shift = self.parts[name]
                return self.registers[register] >> shift & 0xFF
            return self.registers[name]
        at = self.place(operand)
        return self.read(at & ~3) >> 8 * (at & 3) & 0xFF if byte else self.read(at)

    def put(self, operand, value, byte=False):
        """Stores a result."""
        name = operand[1:]
        if operand.startswith("%") and name in self.parts:
            register, shift = self.parts[name]
            self.registers[register] = self.registers[register] & ~(0xFF << shift) | (value & 0xFF) << shift
        elif operand.startswith("%"):
            if name not in self.registers:
                raise kernel_image.Fault("writes a register that is not known: " + operand)
            self.registers[name] = value & MASK
        elif byte:
            at = self.place(operand)
            word = self.read(at & ~3)
            self.write(at & ~3, word & ~(0xFF << 8 * (at & 3)) | (value & 0xFF) << 8 * (at & 3))
        else:
            self.write(self.place(operand), value)

    def step(self, operation, operands, following, address):
        fields = re.findall(r"[^,(]*\([^)]*\)|[^,]+", operands)
        if operation.startswith("nop") or (operation == "xchg" and operands == "%ax,%ax"):
            return following
        if operation == "ret" and not operands:
            target = self.read(self.registers["esp"])
            self.registers["esp"] += 4
            return target
        if operation == "push":
            self.registers["esp"] -= 4
            self.write(self.registers["esp"], self.value(fields[0]))
            return following
        if operation == "pop":
            self.put(fields[0], self.read(self.registers["esp"]))
            self.registers["esp"] += 4
            return following
        if operation == "jmp":
            return int(fields[0], 16)
        if operation.startswith("j"):
            return int(fields[0], 16) if self.holds(operation[1:]) else following
        if operation.startswith("set"):
            self.put(fields[0], int(self.holds(operation[3:])), True)
            return following
        if operation == "lea":
            self.put(fields[1], self.place(fields[0]))
            return following
        if operation == "movzbl":
            self.put(fields[1], self.value(fields[0], True))
            return following
        self.compute(operation, fields)
        return following

    def compute(self, operation, fields):
        """Moves, arithmetic and comparisons."""
        base, byte = operation, any(field[1:] in self.parts for field in fields)
        if operation[-1] in "bl" and operation not in ("shl", "sub"):
            base, byte = operation[:-1], operation[-1] == "b"
        source, target = (fields[0], fields[-1]) if len(fields) == 2 else ("$0x1", fields[0])
        a, b = self.value(target, byte), self.value(source, byte)
        if base in ("cmp", "test"):
            self.compared = (a, b) if base == "cmp" else (a & b, 0)
            return
        if base == "mov":
            self.put(target, b, byte)
            return
        results = {"add": a + b, "sub": a - b, "and": a & b, "or": a | b, "xor": a ^ b, "inc": a + 1, "dec": a - 1,
                   "shl": a << (b & 31), "shr": a >> (b & 31)}
        if base not in results or (len(fields) == 1 and base in ("add", "sub", "and", "or", "xor")):
            raise kernel_image.Fault("has an instruction that is not known: %s %s" % (operation, ",".join(fields)))
        result = results[base] & (0xFF if byte else MASK)
        self.put(target, result, byte)
        self.compared = (a, b) if base == "sub" else (result, 0)


class Arm(Machine):
    """ARM, in its 32-bit instructions; no arguments."""

    names = {"eq": "e", "ne": "ne", "cs": "ae", "hs": "ae", "cc": "b", "lo": "b", "hi": "a", "ls": "be", "ge": "ge",
             "lt": "l", "gt": "g", "le": "le"}
    instruction = re.compile(r"(ldr|str|add|sub|mov|lsl|orr|and|cmp|bx|b)(%s)?$" % "|".join(names))

    def call(self, start):
        """Calls a function."""
        self.registers = dict.fromkeys(["r%d" % i for i in range(10)] + ["sl", "fp", "ip"], 0)
        self.registers["lr"] = RETURN
        self.run(start)

    def value(self, fields):
        """What the last operand is: a number, a register, a shifted register."""
        if fields[0].startswith("#"):
            return int(fields[0][1:], 0) & MASK
        value = self.registers[fields[0]]
        if len(fields) == 1:
            return value
        shift = re.match(r"lsl #(\d+)$", fields[1])
        if not shift or len(fields) > 2:
            raise kernel_image.Fault("has an operand that is not known: " + ", ".join(fields))
        return value << int(shift[1]) & MASK

    def step(self, operation, operands, following, address):
        match = self.instruction.match(operation)
        if operation == "nop":
            return following
        if not match:
            raise kernel_image.Fault("has an instruction that is not known: %s %s" % (operation, operands))
        base = match[1]
        if match[2] and not self.holds(self.names[match[2]]):
            return following
        if base == "b":
            return int(operands.split()[0], 16)
        fields = re.split(r",\s*", operands)
        if base == "bx":
            return self.registers[fields[0]]
        if base in ("ldr", "str"):
            self.access(base, operands, address)
        elif base == "cmp":
            self.compared = (self.registers[fields[0]], self.value(fields[1:]))
        elif base == "mov":
            self.registers[fields[0]] = self.value(fields[1:])
        elif base == "lsl":
            self.registers[fields[0]] = self.value([fields[1], "lsl " + fields[2]])
        else:
            a, b = self.registers[fields[1]], self.value(fields[2:])
            self.registers[fields[0]] = {"add": a + b, "sub": a - b, "orr": a | b, "and": a & b}[base] & MASK
        return following

    def access(self, base, operands, address):
        """A word from or to memory."""
        literal = self.image.literal(operands, address) if base == "ldr" else None
        register = operands.partition(",")[0]
        match = re.match(r"\w+, \[(\w+)(?:, (.+))?\]$", operands)
        if literal is not None:
            self.registers[register] = literal
        elif not match:
            raise kernel_image.Fault("has an operand that is not known: " + operands)
        else:
            offset = self.value(re.split(r",\s*", match[2])) if match[2] else 0
            place = (self.registers[match[1]] + offset) & MASK
            if base == "ldr":
                self.registers[register] = self.read(place)
            else:
                self.write(place, self.registers[register])
