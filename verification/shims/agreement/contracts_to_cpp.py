#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the ACSL contracts of C headers as C++ that can be run: for each function its `requires`, `assigns` and
`ensures`, and a call of the very function; each constant with its value (see contract.h).

contracts_to_cpp.py MACRO=VALUE... HEADER... > contracts.inc: macros with another value than in the headers, as -D gives
the C compiler.  A contract that it cannot read is an error.
Arithmetic is that of 64 bits, where ACSL has integers without bound: words have 32, and no contract multiplies two.
"""

import re
import sys

TOKEN = re.compile(
    r"\s+|(\\\w+|0x[0-9A-Fa-f]+U?|\d+U?|\w+|<==>|==>|<<|>>|[<>=!]=|&&|\|\||\.\.|[-+*&|~<>(),;:?!.\[\]{}])")
BINARY = [["<==>"], ["==>"], ["||"], ["&&"], ["|"], ["&"], None, ["<<", ">>"], ["+", "-"], ["*"]]
RELATIONS = ["==", "!=", "<", "<=", ">", ">="]
ARRAYS = {"physical_memory": 2, "registers": 1, "kernel_directory": 1}
VARIABLES = ["running_partition", "loaded_mmu_root", "invalidated_page", "frame_count", "root_partition"]
# No primitives: parts of others, which Frama-C proves too.
HELPERS = ["page_words", "record_place", "entry_of_link"]


def tokens_of(text):
    """The tokens of an ACSL text."""
    found, position = [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            sys.exit(f"cannot read: {text[position:position + 40]}")
        if match.group(1):
            found.append(match.group(1))
        position = match.end()
    return found


class Macros:
    """What the headers #define; expanded as Frama-C does."""

    def __init__(self, text):
        self.known = {}
        text = text.replace("\\\n", " ")
        for name, parameters, body in re.findall(r"^#define (PIP_\w+)(\([\w, ]+\))? (.+)$", text, re.M):
            body = re.sub(r"/\*.*", "", body)
            self.known[name] = (re.findall(r"\w+", parameters) if parameters else None, body)

    def expand(self, tokens):
        """Tokens without macros."""
        result, i = [], 0
        while i < len(tokens):
            if tokens[i] not in self.known:
                result.append(tokens[i])
                i += 1
                continue
            parameters, body = self.known[tokens[i]]
            i += 1
            inner = tokens_of(body)
            if parameters is not None:
                arguments, i = self.arguments(tokens, i)
                if len(arguments) != len(parameters):
                    sys.exit("a macro with a wrong number of arguments: " + " ".join(tokens))
                table = dict(zip(parameters, arguments))
                inner = [part for token in inner for part in table.get(token, [token])]
            result += ["("] + self.expand(inner) + [")"]
        return result

    @staticmethod
    def arguments(tokens, i):
        """What stands in the parentheses at i, split by commas; and where they end."""
        depth, found = 0, [[]]
        while True:
            token = tokens[i]
            i += 1
            depth += {"(": 1, ")": -1}.get(token, 0)
            if depth == 0:
                return found, i
            if token == "," and depth == 1:
                found.append([])
            elif not (token == "(" and depth == 1):
                found[-1].append(token)


class Parser:
    """ACSL formulas and terms as trees: tuples whose first part says what it is."""

    def __init__(self, tokens):
        self.tokens = list(tokens)

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def take(self, expected=None):
        if not self.tokens or (expected and self.tokens[0] != expected):
            sys.exit(f"expected {expected}, found {' '.join(self.tokens[:8])}")
        return self.tokens.pop(0)

    def all(self):
        tree = self.expression()
        if self.tokens:
            sys.exit("cannot read from " + " ".join(self.tokens[:8]))
        return tree

    def expression(self):
        if self.peek() == "\\forall":
            self.take()
            self.take("integer")
            names = [self.take()]
            while self.peek() == ",":
                self.take()
                names.append(self.take())
            self.take(";")
            return ("forall", names, self.expression())
        tree = self.binary(0)
        if self.peek() == "?":
            self.take()
            yes = self.expression()
            self.take(":")
            return ("if", tree, yes, self.expression())
        return tree

    def binary(self, level):
        if self.peek() == "\\forall":
            return self.expression()
        if level == len(BINARY):
            return self.unary()
        if BINARY[level] is None:
            return self.relation(level + 1)
        left = self.binary(level + 1)
        while self.peek() in BINARY[level]:
            operator = self.take()
            left = (operator, left, self.binary(level if operator == "==>" else level + 1))
        return left

    def relation(self, level):
        left = self.binary(level)
        parts = []
        while self.peek() in RELATIONS:
            operator = self.take()
            right = self.binary(level)
            parts.append((operator, left, right))
            left = right
        if not parts:
            return left
        return parts[0] if len(parts) == 1 else ("chain", parts)

    def unary(self):
        if self.peek() in ("~", "-", "!"):
            return ("unary", self.take(), self.unary())
        tree = self.primary()
        while self.peek() in ("[", "."):
            if self.take() == ".":
                tree = ("field", tree, self.take())
            else:
                index = self.expression()
                if self.peek() == "..":
                    self.take()
                    index = ("range", index, self.expression())
                self.take("]")
                tree = ("index", tree, index)
        return tree

    def primary(self):
        token = self.take()
        if token == "(":
            tree = self.expression()
            self.take(")")
            return tree
        if token in ("\\old", "\\at"):
            self.take("(")
            tree = self.expression()
            label = "Pre"
            if token == "\\at":
                self.take(",")
                label = self.take()
            self.take(")")
            return ("at", tree, label)
        if re.fullmatch(r"0x[0-9A-Fa-f]+U?|\d+U?", token):
            return ("number", int(token.rstrip("U"), 0))
        if token in ("\\result", "\\nothing", "\\true", "\\false") or re.fullmatch(r"\w+", token):
            labels = []
            if self.peek() == "{":
                self.take()
                labels.append(self.take())
                while self.peek() == ",":
                    self.take()
                    labels.append(self.take())
                self.take("}")
            if self.peek() != "(":
                return ("name", token)
            self.take("(")
            arguments = [self.expression()]
            while self.peek() == ",":
                self.take()
                arguments.append(self.expression())
            self.take(")")
            return ("call", token, labels, arguments)
        return sys.exit(f"expected a term, found {token}")


class Writer:
    """C++ of one tree.  `states` says which C++ state a label is; `names` which C++ expression a name is."""

    def __init__(self, names, states, predicates):
        self.names, self.states, self.predicates = names, states, predicates

    def cpp(self, tree, label="Here"):
        kind = tree[0]
        if kind == "number":
            return f"I{{{tree[1]}}}"
        if kind == "name":
            if tree[1] in self.names:
                return self.names[tree[1]]
            if tree[1] in VARIABLES:
                return f"{self.states[label]}.{tree[1]}"
            return {"\\true": "true", "\\false": "false"}.get(tree[1]) or sys.exit("unknown name " + tree[1])
        if kind == "at":
            return self.cpp(tree[1], tree[2])
        if kind == "field":
            return f"result.at(k_{tree[2]})" if tree[1] == ("name", "\\result") else sys.exit("a field of what?")
        if kind == "index":
            array, indexes = self.cell(tree)
            return f"{self.states[label]}.{array}_at({', '.join(self.cpp(i, label) for i in indexes)})"
        if kind == "unary":
            return f"({tree[1]}{self.cpp(tree[2], label)})"
        if kind == "if":
            return f"({self.cpp(tree[1], label)} ? {self.cpp(tree[2], label)} : {self.cpp(tree[3], label)})"
        if kind == "chain":
            return "(" + " && ".join(self.cpp(part, label) for part in tree[1]) + ")"
        if kind == "call":
            return self.call(tree, label)
        if kind == "forall":
            return self.forall(tree, label)
        left, right = self.cpp(tree[1], label), self.cpp(tree[2], label)
        if kind == "==>":
            return f"(!{left} || {right})"
        if kind == "<==>":
            return f"(static_cast<bool>({left}) == static_cast<bool>({right}))"
        return f"({left} {kind} {right})"

    @staticmethod
    def cell(tree):
        """An array and its indexes."""
        indexes = []
        while tree[0] == "index":
            indexes.insert(0, tree[2])
            tree = tree[1]
        if tree[0] != "name" or ARRAYS.get(tree[1]) != len(indexes):
            sys.exit(f"unknown cell {tree}")
        return tree[1], indexes

    def call(self, tree, label):
        _, name, labels, arguments = tree
        if name not in self.predicates:
            sys.exit("unknown predicate " + name)
        formal = self.predicates[name][0]
        labels = labels or ([label] if len(formal) == 1 else [])
        if len(labels) != len(formal):
            sys.exit("labels of " + name)
        return f"{name}({', '.join([self.states[x] for x in labels] + [self.cpp(a, label) for a in arguments])})"

    def forall(self, tree, label):
        _, variables, body = tree
        if body[0] != "==>":
            sys.exit("a quantifier without bounds")
        bounds, conjuncts = {}, [body[1]]
        for part in conjuncts:
            if part[0] == "&&":
                conjuncts += part[1:]
            elif part[0] == "chain" and len(part[1]) == 2 and part[1][0][2][0] == "name":
                (low_operator, low, middle), (high_operator, _, high) = part[1]
                if (low_operator, high_operator) in (("<=", "<"), ("<=", "<=")):
                    bounds[middle[1]] = (low, high, 1 if high_operator == "<=" else 0)
            elif part[0] == "call" and part[1] in ("is_index", "is_cell"):
                for limit, argument in zip({"is_index": ["k_entries"], "is_cell": ["k_pages", "k_entries"]}[part[1]],
                                           part[3]):
                    bounds[argument[1]] = (limit, limit, None)
        inner = Writer({**self.names, **{v: "v_" + v for v in variables}}, self.states, self.predicates)
        text = inner.cpp(body, label)
        for variable in reversed(variables):
            if variable not in bounds:
                sys.exit("no bounds for " + variable)
            low, high, more = bounds[variable]
            limits = ("I{0}", low) if more is None else (self.cpp(low, label), f"{self.cpp(high, label)} + {more}")
            text = f"for_all({limits[0]}, {limits[1]}, [&](I v_{variable}) {{ return {text}; }})"
        return text

    def regions(self, tree):
        """What an `assigns` location covers, in the state before."""
        if tree == ("name", "\\nothing"):
            return []
        if tree[0] == "name" and tree[1] in VARIABLES:
            return [f"Region{{Place::{tree[1]}, 0, 0, 0}}"]
        array, indexes = self.cell(tree)
        last = indexes[-1]
        low, high = (last[1], last[2]) if last[0] == "range" else (last, last)
        page = self.cpp(indexes[0], "Pre") if len(indexes) == 2 else "I{0}"
        return [f"Region{{Place::{array}, {page}, {self.cpp(low, 'Pre')}, {self.cpp(high, 'Pre')}}}"]


def split_clauses(text):
    """The clauses of a contract: a semicolon after \\forall's variables does not end one."""
    parts, quantified = [""], False
    for piece in re.split(r"(;|\\forall)", text):
        if piece == "\\forall":
            quantified = True
        if piece == ";" and not quantified:
            parts.append("")
            continue
        if piece == ";":
            quantified = False
        parts[-1] += piece
    if parts[-1].strip():
        sys.exit("a clause without end: " + parts[-1])
    for part in parts[:-1]:
        match = re.match(r"\s*(requires|assigns|ensures)\s+(?:(\w+):(?!:))?(.*)$", part, re.S)
        if not match:
            sys.exit("not a clause: " + part)
        yield match.groups()


def split_locations(tokens):
    """Locations of an `assigns` clause."""
    depth, found = 0, [[]]
    for token in tokens:
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(token, 0)
        if token == "," and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return found


def predicates_of(text, macros):
    """Predicates and logic functions that the headers define: name to labels, parameters, body."""
    found = {}
    blocks = " ".join(re.findall(r"/\*@\s*((?:predicate|logic)\b.*?)\*/", text, re.S))
    for kind, name, labels, parameters, body in re.findall(
            r"(predicate|logic integer) (\w+)(?:\{([\w, ]+)\})?\(([\w, ]+)\) =(.*?);\s*(?=predicate|logic|$)",
            blocks, re.S):
        labels = [label.strip() for label in labels.split(",")] if labels else []
        names = [parameter.split()[-1] for parameter in parameters.split(",")]
        found[name] = (labels, names, Parser(macros.expand(tokens_of(body))).all(), kind)
    if len(found) != len(re.findall(r"\bpredicate \w+[({]|\blogic integer \w+[({]", text)):
        sys.exit("a predicate is written in a way that this program does not know")
    return found


def function(name, result, parameters, contract, macros, predicates):
    """C++ of one function's contract."""
    formal = [(" ".join(p.split()[:-1]), p.split()[-1]) for p in parameters.split(",")] if parameters != "void" else []
    names = {p: f"a[{i}]" for i, (_, p) in enumerate(formal)}
    before = Writer(names, {"Here": "pre", "Pre": "pre"}, predicates)
    after = Writer({**names, "\\result": "result.at(0)"}, {"Here": "post", "Pre": "pre", "Post": "post"}, predicates)
    requires, ensures, regions, assigns = [], [], [], 0
    for keyword, label, text in split_clauses(contract):
        tokens = macros.expand(tokens_of(text))
        if keyword == "assigns":
            assigns += 1
            regions += [r for location in split_locations(tokens) for r in before.regions(Parser(location).all())]
        elif keyword == "requires":
            requires.append(before.cpp(Parser(tokens).all()))
        else:
            ensures.append((label or sys.exit(f"{name}: a clause without name"), after.cpp(Parser(tokens).all())))
    if assigns != 1:
        sys.exit(name + ": not one assigns clause")
    call = f"{name}({', '.join(f'static_cast<{t}>(a[{i}])' for i, (t, _) in enumerate(formal))})"
    call = {"void": f"{call};", "context_t": f"const context_t r = {call}; "
            "result = {r.partition, r.first, r.second, r.offset};"}.get(result, f"result = {{static_cast<I>({call})}};")
    quote = lambda words: ", ".join(f'"{word}"' for word in words)
    yield f'{{"{name}", "{result}", {{{quote(t for t, _ in formal)}}},'
    yield "  [](const State& pre, const I* a) -> bool {\n    (void)pre;\n    (void)a;"
    yield "    return " + " &&\n      ".join(["true"] + requires) + ";\n  },"
    yield "  [](const State& pre, const State& post, const I* a, const std::vector<I>& result) -> const char* {"
    yield "    (void)pre;\n    (void)post;\n    (void)a;\n    (void)result;"
    for label, text in ensures:
        yield f'    if (!{text}) {{\n      return "{label}";\n    }}'
    yield "    return nullptr;\n  },"
    yield "  [](const State& pre, const I* a) -> std::vector<Region> {\n    (void)pre;\n    (void)a;"
    yield f"    return {{{', '.join(regions)}}};\n  }},"
    yield f"  [](const I* a, std::vector<I>& result) {{\n    (void)a;\n    (void)result;\n    {call}\n  }}}},"


def main():
    given = [word for word in sys.argv[1:] if "=" in word]
    text = "".join(open(path, encoding="utf-8").read() for path in sys.argv[1:] if path not in given)
    macros = Macros(text)
    macros.known.update({word.split("=")[0]: (None, word.split("=")[1]) for word in given})
    predicates = predicates_of(text, macros)
    known = {**predicates, "get_byte": ([], [], None, ""), "set_byte": ([], [], None, "")}
    print("// Written by contracts_to_cpp.py.")
    for name, (labels, names, body, kind) in predicates.items():
        formal = [f"const State& s_{label}" for label in labels] + [f"I p_{n}" for n in names]
        states = {label: f"s_{label}" for label in labels}
        if len(labels) == 1:
            states["Here"] = f"s_{labels[0]}"
        writer = Writer({n: f"p_{n}" for n in names}, states, known)
        print(f"[[maybe_unused]] {'bool' if kind == 'predicate' else 'I'} {name}({', '.join(formal)}) {{")
        print(f"  return {writer.cpp(body)};\n}}")
    found = re.findall(r"/\*@\s*((?:requires|assigns)(?:(?!\*/).)*?)\*/\s*static inline ([\w]+\*?) (\w+)\(([^)]*)\) \{",
                       text, re.S)
    if len(found) != len(re.findall(r"^static inline ", text, re.M)):
        sys.exit("a function has no contract, or one that this program does not find")
    print("const std::vector<Function> kFunctions = {")
    for contract, result, name, parameters in found:
        if name not in HELPERS:
            print("\n".join(function(name, result, parameters, contract, macros, known)))
    print("};\nconst std::vector<std::pair<const char*, I>> kConstants = {")
    constants = re.findall(r"^static const \w+ (\w+) = ", text, re.M) + re.findall(r"^#define ([a-z]\w+) ", text, re.M)
    for name in constants:
        print(f'    {{"{name}", static_cast<I>({name})}},')
    print("};\nconst std::vector<std::pair<const char*, I>> kNamed = {")
    for name in re.findall(r"^  (PIP_\w+) = \d+", text, re.M) + ["root_partition"]:
        print(f'    {{"{name}", static_cast<I>({name})}},')
    print("};")


if __name__ == "__main__":
    main()
