#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the ACSL axioms of a C header as Coq propositions on Z: for each axiom a definition of its name, and `all`,
their conjunction.

axioms_to_coq.py HEADER > Statements.v; what it cannot read is an error.
"""

import re
import sys

TOKEN = re.compile(r"\s+|(0x[0-9A-Fa-f]+|\d+|\w+|<==>|==>|<<|>>|[<>=!]=|&&|\|\||[-+*&|~<>(),;:\\])")
# By C's precedence, the loosest first: ACSL text to Coq text.
LOGIC = [{"<==>": "<->"}, {"==>": "->"}, {"||": "\\/"}, {"&&": "/\\"}]
RELATIONS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
TERMS = [
    {"|": "Z.lor"},
    {"&": "Z.land"},
    {"<<": "Z.shiftl", ">>": "Z.shiftr"},
    {"+": "Z.add", "-": "Z.sub"},
    {"*": "Z.mul"},
]


class Parser:
    """One formula.  Relations bind tighter than & and |, as in C, so bit operations must stand in parentheses."""

    def __init__(self, text):
        self.tokens = []
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                sys.exit(f"cannot read: {text[position:position + 40]}")
            if match.group(1):
                self.tokens.append(match.group(1))
            position = match.end()

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def take(self, expected=None):
        if not self.tokens or (expected and self.tokens[0] != expected):
            sys.exit(f"expected {expected}, found {' '.join(self.tokens[:8])}")
        return self.tokens.pop(0)

    def formula(self, level=0):
        if self.peek() == "\\":
            return self.quantified()
        if level == len(LOGIC):
            return self.relation()
        left = self.formula(level + 1)
        if self.peek() not in LOGIC[level]:
            return left
        operator = LOGIC[level][self.take()]
        # To the right, as ==> needs it; for the others it makes no difference.
        return f"({left} {operator} {self.formula(level)})"

    def quantified(self):
        self.take("\\")
        self.take("forall")
        self.take("integer")
        names = [self.take()]
        while self.peek() == ",":
            self.take()
            names.append(self.take())
        self.take(";")
        return f"(forall {' '.join(names)} : Z, {self.formula()})"

    def relation(self):
        """A chain of comparisons, or a formula in parentheses."""
        if self.peek() == "(":
            saved = list(self.tokens)
            term = self.term_or_nothing()
            if term is None or self.peek() not in RELATIONS:
                self.tokens = saved
                self.take("(")
                inner = self.formula()
                self.take(")")
                return inner
            left = term
        else:
            left = self.term()
        parts = []
        while self.peek() in RELATIONS:
            operator = RELATIONS[self.take()]
            right = self.term(2)
            parts.append(f"({left} {operator} {right})")
            left = right
        if not parts:
            sys.exit(f"expected a comparison, found {' '.join(self.tokens[:8])}")
        return parts[0] if len(parts) == 1 else "(" + " /\\ ".join(parts) + ")"

    def term_or_nothing(self):
        """A term if there is one here: formulas, too, may stand in parentheses."""
        depth = 0
        for token in self.tokens:
            depth += {"(": 1, ")": -1}.get(token, 0)
            if depth == 0:
                break
            if token in RELATIONS or token in ("&&", "||", "==>", "<==>", "\\"):
                return None
        return self.term(2)

    def term(self, level=2):
        if level == len(TERMS):
            return self.factor()
        left = self.term(level + 1)
        while self.peek() in TERMS[level]:
            left = f"({TERMS[level][self.take()]} {left} {self.term(level + 1)})"
        return left

    def factor(self):
        token = self.take()
        if token == "~":
            return f"(Z.lnot {self.factor()})"
        if token == "-":
            return f"(Z.opp {self.factor()})"
        if token == "(":
            if self.peek() == "uint32_t":
                self.take()
                self.take(")")
                return f"(Z.modulo {self.factor()} 4294967296)"
            inner = self.term(0)
            self.take(")")
            return inner
        if re.fullmatch(r"0x[0-9A-Fa-f]+|\d+", token):
            return str(int(token, 0))
        if not re.fullmatch(r"\w+", token):
            sys.exit(f"expected a term, found {token}")
        if self.peek() != "(":
            return token
        self.take("(")
        arguments = [self.term(0)]
        while self.peek() == ",":
            self.take()
            arguments.append(self.term(0))
        self.take(")")
        return f"({token} {' '.join(arguments)})"


def axioms(text):
    """Name and formula of each axiom."""
    starts = re.findall(r"\baxiom\b", text.replace("Each axiom", ""))
    found = re.findall(r"\baxiom (\w+):\s*((?:\\forall [^;]*;)?[^;]*);", text)
    if len(found) != len(starts) or "\\axiom" in text or "lemma" in text:
        sys.exit("an axiom is written in a way that this program does not know")
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as header:
        found = axioms(header.read())
    print(f"(* Written by axioms_to_coq.py from {sys.argv[1].rsplit('/', 1)[-1]}. *)")
    print("Require Import ZArith.\nFrom Pip.Shims Require Import Bytes.\nOpen Scope Z_scope.\n")
    for name, text in found:
        parser = Parser(text)
        formula = parser.formula()
        if parser.tokens:
            sys.exit(f"axiom {name}: cannot read from {' '.join(parser.tokens[:8])}")
        print(f"Definition {name} : Prop :=\n  {formula}.")
    print("Definition all : Prop :=\n  " + " /\\\n  ".join(name for name, _ in found) + ".")


if __name__ == "__main__":
    main()
