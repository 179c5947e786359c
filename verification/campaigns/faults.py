# SPDX-License-Identifier: Apache-2.0
"""The faults that mutations.py puts into C: each changes one operator, constant, condition or statement.

A fault has a name that does not change when lines are added elsewhere: file, function, the line before and after.
"""

import dataclasses
import pathlib
import re

SWAPS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+"], "&": ["|"], "|": ["&"], "<<": [">>"],
    ">>": ["<<"],
}
# The sources are formatted: binary operators stand between spaces, or end a line.
OPERATOR = re.compile(r"(?<= )(%s)(?=[ \n])" % "|".join(re.escape(one) for one in sorted(SWAPS, key=len, reverse=True)))
NEGATION = re.compile(r"(?<=[ (])[!~](?=[\w(])")
NUMBER = re.compile(r"\b(0x[0-9A-F]+|[0-9]+)(U?)\b")
BOOLEAN = re.compile(r"\b(true|false)\b")
LEVEL = re.compile(r"\b(top_level|leaf_level|first_index|second_index|vcli_slot|vsti_slot)\b")
OTHER_LEVEL = {"top_level": "leaf_level", "leaf_level": "top_level", "first_index": "second_index",
               "second_index": "first_index", "vcli_slot": "vsti_slot", "vsti_slot": "vcli_slot"}
CONDITION = re.compile(r"\b(if|while) \(")
CALL = re.compile(r"^ +\w+\([^;{}]*\);$", re.M)
ASSIGNMENT = re.compile(r"^ +[\w\[\]> ().+-]+ = [^;{}]*;$", re.M)
DECLARATION = re.compile(r"^ +(?:static |const )*(?:\w+_t|bool)\b[* ]")
FUNCTION = re.compile(r"^(?:static (?:inline )?)?(?:const )?\w+\*? (\w+)\(", re.M)
# A macro without parameters: a constant of the layout.
CONSTANT = re.compile(r"#define \w+ ")
# Hints to the compiler, which mean nothing.
HINT = re.compile(r"__builtin|#pragma|#include|#ifn?def|#endif|\(void\)")


@dataclasses.dataclass(frozen=True)
class Fault:
    """One fault."""
    file: pathlib.Path
    function: str
    before: str
    after: str
    repeat: int

    @property
    def name(self):
        """The same in every version of the file that has this line."""
        again = f" ({self.repeat})" if self.repeat > 1 else ""
        return f"{self.file.name} {self.function}: {self.before} --> {self.after}{again}"


def blank_comments(text):
    """The text with spaces for comments, so that places stay."""
    blank = lambda found: re.sub(r"[^\n]", " ", found.group())
    return re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)


def closing(code, begin):
    """Where the parenthesis closes that opens at begin."""
    depth = 0
    for place in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if depth == 0:
            return place
    raise ValueError("parenthesis")


def changes(code):
    """Each change as (begin, end, replacement)."""
    for found in OPERATOR.finditer(code):
        for other in SWAPS[found.group(1)]:
            yield found.start(1), found.end(1), other
    for found in NEGATION.finditer(code):
        yield found.start(), found.end(), ""
    for found in NUMBER.finditer(code):
        digits = found.group(1)
        value = int(digits, 0)
        for other in [value + 1] + ([value - 1] if value > 0 else []):
            text = hex(other) if digits.startswith("0x") else str(other)
            yield found.start(), found.end(), text + found.group(2)
    for found in BOOLEAN.finditer(code):
        yield found.start(), found.end(), "false" if found.group() == "true" else "true"
    for found in LEVEL.finditer(code):
        yield found.start(), found.end(), OTHER_LEVEL[found.group()]
    for found in CONDITION.finditer(code):
        begin, end = found.end(), closing(code, found.end() - 1)
        for other in ["true", "false"] if found.group(1) == "if" else ["false"]:
            if "\n" not in code[begin:end]:
                yield begin, end, other
    for found in CALL.finditer(code):
        yield found.start(), found.end(), ""
    for found in ASSIGNMENT.finditer(code):
        if not DECLARATION.match(found.group()):
            yield found.start(), found.end(), ""


def status_changes(code):
    """A service that answers something else."""
    for found in re.finditer(r"(?<=return )PIP_\w+|(?<=\.status = )PIP_\w+", code):
        yield found.start(), found.end(), "PIP_NOT_ROOT" if found.group() == "PIP_DONE" else "PIP_DONE"


def faults_in(path):
    """All faults of a file, each with the text of the file that has it."""
    text = path.read_text(encoding="utf-8")
    code = blank_comments(text)
    functions = [(found.start(), found.group(1)) for found in FUNCTION.finditer(code)]
    found = []
    seen = {}
    for begin, end, other in sorted(set(list(changes(code)) + list(status_changes(code)))):
        first = text.rfind("\n", 0, begin) + 1
        last = text.find("\n", max(end - 1, begin))
        line = code[first:last]
        if HINT.search(line) or line.startswith("#") and not CONSTANT.match(line):
            continue
        function = ([""] + [name for place, name in functions if place <= begin])[-1]
        before = " ".join(line.split())
        after = " ".join((code[first:begin] + other + code[end:last]).split())
        key = (function, before, after)
        seen[key] = seen.get(key, 0) + 1
        fault = Fault(path, function, before, after, seen[key])
        found.append((fault, text[:begin] + other + text[end:]))
    return found
