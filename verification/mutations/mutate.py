#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Removes the checks of a service file one at a time, and reports which proof then fails.

usage: mutate.py COQC SERVICE PART PARTS REPORT FILE...

SERVICE is a service file without its ending; FILE... are the .v and .vo files of the model, the services and the
proofs.  Of the mutants, those whose number modulo PARTS is PART are judged; if PARTS is 1, all of them, and then the
sources as they are must pass too.  REPORT gets one line per mutant: the function, what was changed, and the proof that
refutes it, or SURVIVES.  A mutant must compile as a program, and a proof must fail for what it says, not because Coq
cannot load what it needs; else the report would be wrong, and there is none.
"""

import concurrent.futures
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

# For each service file its functions with checks, and the proof that a check less must break: it says what the service
# answers and does.
TARGETS = {
    "Walk": (["child_at", "offered", "mapping", "readable_page", "writable_page"], ["Step"]),
    "Give": (["hide", "show"], ["Give"]),
    "AddRemove": (["addVAddr", "removeVAddr", "mappedInChild"], ["AddRemove"]),
    "CreatePartition": (["repeats", "createPartition"], ["Create"]),
    "Prepare": (["countToMap", "prepare"], ["Prepare"]),
    "DeletePartition": (["release", "deletePartition"], ["DeletePartition"]),
    "Collect": (["maps_at", "is_spare", "collect"], ["Collect"]),
    "Context": (["readable_context", "writable_context"], ["Context"]),
    "Yield": (["leave", "yieldTo"], ["Yield"]),
    "Deliver": (["save_at_slot", "save_interrupted", "handler_in", "handler_from", "nearest_handler", "interrupt_to"],
                ["Yield"]),
    "State": (["getIntState", "physicalAddress"], ["Yield"]),
}

# CPU seconds for one file, a limit that children inherit: the slowest proof takes 10.  A mutant whose proof takes
# longer does not have that proof.
LIMIT = 60

# Checks that are not "if CHECK then refuse": function, text, replacement.
PARTS = [
    ("hide", "if page_eq part root then", "if true then"),
    ("show", "if page_eq part root then", "if true then"),
    ("addVAddr", "user_address source && user_address destination", "user_address destination"),
    ("addVAddr", "user_address source && user_address destination", "user_address source"),
    ("addVAddr", "w && negb (is_writable e) || x", "x"),
    ("addVAddr", " || x && negb (is_executable e)", ""),
    ("release", "if is_user e then", "if true then"),
    ("maps_at", "(is_present e && page_eq (frame_of e) p)", "(is_present e)"),
    ("collect", "right1 && ", ""),
    ("collect", " && right2", ""),
    ("collect", " && right3", ""),
    ("collect", " && right4", ""),
    ("prepare", "word_eq first second || ", ""),
    ("prepare", "word_eq first third || word_eq second third", "word_eq second third"),
    ("prepare", "word_eq first third || word_eq second third then", "word_eq first third then"),
    ("prepare", "word_eq first fourth || ", ""),
    ("prepare", "word_eq second fourth || ", ""),
    ("prepare", " || word_eq third fourth", ""),
    ("is_spare", " && negb (page_eq next no_page)", ""),
    ("writable_page", "is_user e && ", ""),
    ("writable_page", " && is_writable e", ""),
    ("handler_from", "if page_eq part root then", "if false then"),
]

# What Coq says when the fault is not the mutant's.
NOT_LOADED = ("Cannot find a physical path", "Unable to locate library", "inconsistent assumptions", "Can't find file")

REFUSAL = re.compile(r"\bif ((?:(?!\bif\b|\bthen\b).)+) then\s+(?=ret\b|\(if\b)", re.DOTALL)
REQUIRE = re.compile(r"From Pip\.(\w+) Require (?:Export|Import) ([\w ]+)\.")


def definitions(text, names):
    """Each of the named functions, with its beginning and its end."""
    for name in names:
        found = re.search(r"^(?:Definition|Fixpoint) %s\b.*?\.\n(?=\n|\Z)" % name, text, re.DOTALL | re.MULTILINE)
        if not found:
            sys.exit("no function %s" % name)
        yield name, found.start(), found.end()


def mutants(text, names):
    """Each mutant of a service file: its function, what was done, the new text."""
    for name, begin, end in definitions(text, names):
        body = text[begin:end]
        used = [part for part in PARTS if part[0] == name]
        for check in REFUSAL.finditer(body):
            condition = check.group(1)
            if any(old == "if %s then" % condition for _, old, _ in used):
                continue
            changed = body[:check.start(1)] + "false" + body[check.end(1):]
            yield name, "without the check %s" % " ".join(condition.split()), text[:begin] + changed + text[end:]
        if name == "repeats":
            for pair in re.finditer(r"word_eq \w \w", body.split(":=", 1)[1]):
                changed = body.replace(pair.group(), "false")
                yield name, "without the check %s" % pair.group(), text[:begin] + changed + text[end:]
        for _, old, new in used:
            if body.count(old) != 1:
                sys.exit("%s has not one %r" % (name, old))
            yield name, "%s for %s" % (new.strip() or "nothing", old.strip()), (
                text[:begin] + body.replace(old, new) + text[end:])


class Library:
    """The sources, and the compiled files, by (logical prefix, module)."""

    def __init__(self, coqc, files):
        self.coqc = pathlib.Path(coqc).absolute()
        folders = {"model": "Model", "services": "Services", "isolation": "Isolation"}
        self.sources, self.compiled, self.requires = {}, {}, {}
        for file in map(pathlib.Path, files):
            kind = {".v": self.sources, ".vo": self.compiled}[file.suffix]
            kind[folders[file.parent.name], file.stem] = file.absolute()
        for module, file in self.sources.items():
            text = file.read_text(encoding="utf-8")
            self.requires[module] = {
                (prefix, name) for prefix, names in REQUIRE.findall(text) for name in names.split()}

    def needs(self, module, changed):
        """What must be compiled again for a module when another has changed, in order."""
        order, known = [], {}

        def visit(one):
            """Whether one depends on what has changed."""
            if one not in known:
                again = [visit(other) for other in sorted(self.requires.get(one, ()))]
                known[one] = one == changed or any(again)
                if known[one]:
                    order.append(one)
            return known[one]

        visit(module)
        return order

    def compile(self, service, text, proofs):
        """Compiles proofs with another text of a service.  The module that fails, or None, and what Coq says."""
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            again = []
            for proof in proofs:
                again += [one for one in self.needs(("Isolation", proof), service) if one not in again]
            for prefix in ("Model", "Services", "Isolation"):
                (root / prefix).mkdir()
            for (prefix, name), file in self.compiled.items():
                if (prefix, name) not in again:
                    (root / prefix / (name + ".vo")).symlink_to(file)
            options = ["-q", "-noglob", "-w", "none"]
            for prefix in ("Model", "Services", "Isolation"):
                options += ["-Q", prefix, "Pip." + prefix]
            for module in again:
                source = root / module[0] / (module[1] + ".v")
                new = text if module == service else self.sources[module].read_text(encoding="utf-8")
                source.write_text(new, encoding="utf-8")
                run = subprocess.run([self.coqc] + options + [source.relative_to(root)], cwd=root, check=False,
                                     capture_output=True, text=True, env={"HOME": directory, "PATH": "/usr/bin:/bin"})
                if run.returncode != 0:
                    return module, run.stdout + run.stderr
        return None, ""


def judge(job):
    """One line of the report."""
    library, service, proofs, name, what, text = job
    failed, words = library.compile(service, text, proofs)
    if failed and (failed[0] == "Services" or name is None or any(said in words for said in NOT_LOADED)):
        return "BROKEN: %s.%s, %s %s:\n%s" % (*failed, name, what, words)
    if name is None:
        return None
    if not failed:
        return "%s: %s: SURVIVES" % (name, what)
    return "%s: %s: refuted by %s.v" % (name, what, failed[1])


def main():
    """Judges the mutants of one service file."""
    coqc, service, part, parts, report, *files = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    library = Library(coqc, files)
    names, proofs = TARGETS[service]
    module = ("Services", service)
    text = library.sources[module].read_text(encoding="utf-8")
    jobs = [(library, module, proofs, None, None, text)] if int(parts) == 1 else []
    for number, (name, what, changed) in enumerate(mutants(text, names)):
        if number % int(parts) == int(part):
            jobs.append((library, module, proofs, name, what, changed))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        lines = [line for line in pool.map(judge, jobs) if line]
    broken = [line for line in lines if line.startswith("BROKEN")]
    if broken:
        sys.exit("\n".join(broken))
    pathlib.Path(report).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
