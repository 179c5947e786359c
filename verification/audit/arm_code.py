# SPDX-License-Identifier: Apache-2.0
"""What kernel_image.py must know of ARM instructions (ARM DDI 0406C, chapter A8), all of four bytes.

Exceptions put nothing on the stack: each mode has registers of its own.  The stack ends where `registers` begins, and
is empty whenever user mode runs.  SP rests in every mode at the place of the user's r0 in `registers`; depths are
counted from there, and entry code, only it and only at rest, uses the words of `registers` below.
"""
import re

import kernel_image

CONDITIONS = "eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le"
BASE = re.compile(r"(b|bl|bx|blx|push|pop|ldr|str|add|sub|mov|movs|ldmia|ldmfd|ldm|stmdb|stmfd)(%s)?$" % CONDITIONS)
SP_FIRST = re.compile(r"sp\b(?!.*\^)")
FOREIGN = re.compile(r"^(v|ldc|stc|cdp|mcrr|mrrc|fld|fst|fm)")
# Operations whose first operand is no result.
NO_RESULT = re.compile(r"^(str|stm|push|cmp|cmn|tst|teq|mcr|msr|pld|b|svc|cps|dsb|dmb|isb)")


class Code(kernel_image.Image):
    """An ELF file for ARM."""

    tool = "arm-none-eabi-objdump"

    @staticmethod
    def words_of(text):
        """An instruction without comments; nothing for data among the code."""
        text = re.split(r"\s*[@;]", text.replace("\t", " "))[0].strip()
        return text if re.match(r"[a-z][a-z0-9.]*( |$)", text) else None

    def literal(self, operands, address):
        """The word that an instruction there loads relative to PC, or nothing."""
        match = re.match(r"\w+, \[pc, #(-?\d+)\]$", operands)
        return self.word(address + 8 + int(match[1])) if match else None


class ArmStack(kernel_image.Stack):
    """Walks every path through ARM code."""

    owners = ("kernel_stack_guard", "registers")
    hardware_bytes = 0
    call_bytes = 0
    rest = 12    # PIP_REGISTER_R0

    def __init__(self, image):
        super().__init__(image)
        self.top += self.rest
        vectors = image.symbols.get("exception_vectors")
        self.entry_code = set() if vectors is None else self.reached_by_jumps(range(vectors, vectors + 8 * 4, 4))

    unreached = re.compile(r"(bl|blx|bx|mov \w+, lr|svc|hvc|smc|eret|rfe|\w+ +pc\b|.*\{[^}]*\bpc\})")

    def unreached_faults(self):
        """The vectors are reached by exceptions."""
        self.reached |= self.entry_code
        yield from super().unreached_faults()
        yield from self.link_faults()

    def reached_by_jumps(self, vectors):
        """The instructions that exceptions lead to without a call."""
        seen, work = set(), list(vectors)
        while work:
            address = work.pop()
            if address in seen or address not in self.image.instructions:
                continue
            seen.add(address)
            operation, _, operands = self.image.instructions[address][0].partition(" ")
            match = BASE.match(operation)
            if match and match[1] == "b":
                work.append(int(operands.split()[0], 16))
            if not (match and match[1] in ("b", "movs") and match[2] is None):
                work.append(self.image.instructions[address][1])
        return seen

    def step(self, start, address, depth, absolute):
        text, following = self.image.instructions[address]
        operation, _, operands = text.partition(" ")
        place = "%s at %s" % (self.name(start), hex(address))
        if FOREIGN.match(operation) or re.match(r"p1[01]\b", operands):
            raise kernel_image.Fault(place + " uses another unit than the integer one: " + text)
        match = BASE.match(operation)
        base, condition = (match[1], match[2]) if match else (operation, None)
        on = [(following, depth, absolute, depth)]
        if base == "b":
            return self.jump(start, address, "jmp" if condition is None else "jne", "0x" + operands.split()[0], depth,
                             absolute, following)
        if base == "bl":
            return self.call(start, address, "0x" + operands.split()[0], depth, absolute, following) + \
                (on if condition else [])
        if base == "blx":
            raise kernel_image.Fault(place + " calls indirectly: " + text)
        if base == "bx" and operands != "lr":
            target = self.constant(start, address, operands)
            if target not in self.extent(start):
                raise kernel_image.Fault(place + " jumps indirectly: " + text)
            return self.jump(start, address, "jmp", hex(target), depth, absolute, following)
        if base == "bx" or (base == "mov" and operands == "pc, lr"):
            return self.leave(start, place, depth, absolute) + (on if condition else [])
        if operation == "udf" or (base == "movs" and operands == "pc, lr"):
            return [(None, depth, absolute, depth)]
        if base == "ldr" and re.match(r"pc, \[pc, r\d+, lsl #2\]|pc, \[pc, ip, lsl #2\]", operands):
            own = self.extent(start)
            targets = self.image.table(address + 8, lambda word: word in own)
            if not targets:
                raise kernel_image.Fault(place + " jumps through a table that leads nowhere")
            return [(target, depth, absolute, depth) for target in targets] + on
        return self.other(start, address, base, condition, operands, depth, absolute, following)

    def leads_to(self, address, base, operation, operands):
        """Where an instruction leads to within its function."""
        following = self.image.instructions[address][1]
        conditional = re.search(r"(%s)$" % CONDITIONS, operation) and base in ("b", "bx", "bl", "pop", "ldr", "ldm")
        if base == "b":
            return [int(operands.split()[0], 16)] + ([following] if conditional else [])
        if base == "bl":
            return [following] if conditional or int(operands.split()[0], 16) in self.returns else []
        if base == "ldr" and operands.startswith("pc, [pc,"):
            return self.image.table(address + 8, lambda word: word in self.image.instructions) + [following]
        ends = base == "bx" or operation == "udf" or re.match(r"pc,", operands) or re.search(r"\{[^}]*\bpc\}", operands)
        return [] if ends and not conditional else [following]

    def link_faults(self):
        """Returns through LR, where it may not hold what the function was called with."""
        for start in sorted(self.image.functions):
            seen, work = set(), [(start, True)]
            while work:
                address, whole = work.pop()
                if (address, whole) in seen or address not in self.extent(start) or \
                        address not in self.image.instructions:
                    continue
                seen.add((address, whole))
                text = self.image.instructions[address][0]
                operation, _, operands = text.partition(" ")
                match = BASE.match(operation)
                base = match[1] if match else operation
                if operation.startswith("bx") and operands == "lr" or operation.startswith("mov") and \
                        not operation.startswith("movs") and operands == "pc, lr":
                    if not whole:
                        yield "%s at %s returns to what it put into LR itself" % (self.name(start), hex(address))
                        break
                if base == "bl" or re.match(r"lr\b|\w+, lr, ", operands) and not NO_RESULT.match(operation):
                    whole = operation.startswith("ldr") and operands.startswith("lr, [sp")
                if re.search(r"\{[^}]*\blr\}", operands) and base in ("pop", "ldm", "ldmia", "ldmfd"):
                    whole = base == "pop" or operands.startswith("sp")
                work += [(target, whole) for target in self.leads_to(address, base, operation, operands)]

    def leave(self, start, place, depth, absolute):
        """A return."""
        self.returns.add(start)
        self.pops.setdefault(start, 0)
        if absolute is None and depth != 0:
            raise kernel_image.Fault("%s returns with %d bytes left on the stack" % (place, depth))
        return [(None, depth, absolute, depth)]

    def other(self, start, address, base, condition, operands, depth, absolute, following):
        """An instruction that does not jump, but for one that loads PC from the stack."""
        place = "%s at %s" % (self.name(start), hex(address))
        change = self.change(base, operands)
        if change is not None:
            if condition and not (base == "pop" and "pc" in operands):
                raise kernel_image.Fault(place + " moves the stack pointer on some ways only")
            now = depth + change
            if re.search(r"\{[^}]*\bpc\}|^pc,", operands) and base in ("pop", "ldr", "ldm", "ldmia", "ldmfd"):
                return self.leave(start, place, now, absolute) + \
                    ([(following, depth, absolute, depth)] if condition else [])
            return [(following, now, absolute, max(depth, now))]
        at_rest = depth == 0 and absolute in (None, self.top) and address in self.entry_code
        saved = re.match(r"\w+, \[sp, #-(\d+)\]$", operands)
        if re.search(r"\[sp, #-|\bsp!|\[sp\], ", operands) and not (at_rest and saved and int(saved[1]) <= self.rest):
            raise kernel_image.Fault("%s uses memory below the stack pointer: %s %s" % (place, base, operands))
        if SP_FIRST.match(operands) and not NO_RESULT.match(base):
            if not (base.startswith("ldm") and "sp" not in operands.partition("{")[2]):
                return [(following, 0, self.new_base(start, address, base, operands), 0)]
        if re.match(r"pc\b", operands) and not NO_RESULT.match(base) or \
                base.startswith("ldm") and re.search(r"\{[^}]*\bpc\}", operands):
            raise kernel_image.Fault("%s jumps indirectly: %s %s" % (place, base, operands))
        return [(following, depth, absolute, depth)]

    @staticmethod
    def change(base, operands):
        """By how many bytes the stack grows, if the instruction says so itself."""
        listed = re.search(r"\{([^}]*)\}", operands)
        if listed and (base in ("push", "pop") or operands.startswith("sp!")):
            bytes_ = 4 * len(listed[1].split(","))
            if base in ("push", "stmdb", "stmfd"):
                return bytes_
            if base in ("pop", "ldm", "ldmia", "ldmfd"):
                return -bytes_
        match = re.match(r"sp, sp, #(\d+)$", operands)
        if match and base in ("add", "sub"):
            return int(match[1]) if base == "sub" else -int(match[1])
        match = re.match(r"\w+, \[sp, #-(\d+)\]!$", operands)
        if match and base == "str":
            return int(match[1])
        match = re.match(r"\w+, \[sp\], #(\d+)$", operands)
        if match and base == "ldr":
            return -int(match[1])
        return None

    def constant(self, start, address, register):
        """What a register holds there, if the instruction before that sets it loads a constant."""
        for before in range(address - 4, start - 1, -4):
            text = self.image.instructions.get(before, [""])[0]
            if re.match(r"\w+ %s\b" % register, text) and not NO_RESULT.match(text):
                return self.image.literal(text.partition(" ")[2], before) if text.startswith("ldr ") else None
        return None

    def new_base(self, start, address, base, operands):
        """What an instruction makes the stack pointer: a constant, loaded now or into the register before."""
        word = self.image.literal(operands, address) if base == "ldr" else None
        match = re.match(r"sp, (r\d+|ip|lr)$", operands) if base == "mov" else None
        if match:
            word = self.constant(start, address, match[1])
        match = re.match(r"sp, (r\d+), #(\d+)$", operands) if base == "sub" else None
        if match:
            word = self.constant(start, address, match[1])
            word = None if word is None else word - int(match[2])
        if word is None:
            raise kernel_image.Fault("%s at %s sets SP to what is not known: %s"
                                     % (self.name(start), hex(address), operands))
        return word
