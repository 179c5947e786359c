#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says what theorems rest on, and refuses what is not allowed.

Reads what `Print Assumptions` printed for each theorem (if given), the list of allowed axioms, and sources; ends with 0
only if every axiom is allowed and no source leaves anything unproved.
"""

import argparse
import pathlib
import re
import sys

import coq_source

# Words that leave something unproved or switch a check of Coq's kernel off.
UNPROVED = re.compile(r"\b(Admitted|admit|give_up|Admit Obligations|bypass_check"
                      r"|Unset (Guard|Positivity|Universe) Checking)\b")
ASSUMED = re.compile(r"(?:(?:Local|Global|Polymorphic|#\[[^]]*\])\s+)*"
                     r"(Axiom|Axioms|Parameter|Parameters|Conjecture|Conjectures"
                     r"|Hypothesis|Hypotheses|Variable|Variables|Context)\b\s*(.*)", re.S)
OPENS = re.compile(r"(Section|Module Type|Module)\s+(?:Import\s+|Export\s+)?(\w+)(.*)", re.S)
# Assumptions of a section belong to its theorems' statements, those of a module type to its instances.
SECTION_WORDS = ("Hypothesis", "Hypotheses", "Variable", "Variables", "Context")


def read_allowed(path):
    """The first word of each line: the allowed axioms."""
    lines = [line.split("#")[0].split() for line in path.read_text(encoding="utf-8").splitlines()]
    return {words[0] for words in lines if words}


def read_assumptions(path):
    """From each theorem to the names that Coq printed for it."""
    theorems = {}
    current = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("Theorem "):
            current = theorems.setdefault(line[len("Theorem "):], [])
        elif current is None:
            continue  # a warning about the command line, e.g. that a folder lies in another one's
        elif line in ("Axioms:", "Closed under the global context") or line.startswith((" ", "\t")) or not line:
            continue
        else:
            # `name : type`, or a sentence about what is assumed of a definition, kept whole.
            name = re.match(r"(\S+)\s*(:.*)?$", line)
            current.append(name.group(1) if name else line)
    return theorems


def unproved_in(path, allowed):
    """What a source leaves unproved, as lines FILE:LINE: what."""
    open_blocks = []
    for line, sentence in coq_source.sentences(path.read_text(encoding="utf-8")):
        found = UNPROVED.search(sentence)
        if found:
            yield f"{path}:{line}: {found.group(1)}"
        opened = OPENS.match(sentence)
        if opened and not (opened.group(1) == "Module" and ":=" in opened.group(3)):
            open_blocks.append(opened.group(1))
        elif re.match(r"End\s+\w+$", sentence.strip()) and open_blocks:
            open_blocks.pop()
        assumed = ASSUMED.match(sentence)
        if not assumed or "Module Type" in open_blocks:
            continue
        word, names = assumed.groups()
        if word in SECTION_WORDS and "Section" in open_blocks:
            continue
        declared = re.findall(r"\w+", names.split(":")[0]) or ["?"]
        if not {name for name in declared} <= {axiom.split(".")[-1] for axiom in allowed}:
            yield f"{path}:{line}: {word} {' '.join(declared)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assumptions", type=pathlib.Path)
    parser.add_argument("--allowed", type=pathlib.Path, required=True)
    parser.add_argument("sources", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    allowed = read_allowed(options.allowed)
    theorems = read_assumptions(options.assumptions) if options.assumptions else {}
    wrong = []
    if options.assumptions and not theorems:
        wrong.append(f"{options.assumptions}: no theorem")
    for theorem, axioms in theorems.items():
        print(f"{theorem}: {', '.join(axioms) or 'no axiom'}")
        wrong += [f"{theorem} rests on {axiom}, which {options.allowed} does not allow"
                  for axiom in axioms if axiom not in allowed]
    for source in options.sources:
        wrong += unproved_in(source, allowed)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
