# SPDX-License-Identifier: Apache-2.0
"""Writes one page per service: service_pages.py ROOT SERVICES_C FOLDER.

A page has what docs/services.md says of the service, each status that it can answer, its Gallina, the C printed from it
and the theorem about it. All of it is taken from the sources; what cannot be found is an error.
"""

import pathlib
import re
import sys

# Rows of docs/services.md whose function has another name.
FUNCTIONS = {"yield": "yieldTo"}

# A comment of Gallina that may stand above a definition.
COMMENT = r"^(\(\*\*(?:(?!\*\)).)*\*\)\n)?"


def fail(text):
    """Ends with one line."""
    sys.exit(f"service_pages.py: {text}")


def rows(text):
    """The rows of the table of services: name, parameters, checks, effect, answers."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        signature = re.fullmatch(r"(\w+)\((.*)\)", cells[0])
        if line.startswith("|") and len(cells) == 4 and signature:
            yield (*signature.groups(), *cells[1:])


def statuses(header):
    """Each status of libpip's header with what it means."""
    found = re.findall(r"PIP_(\w+) = (\d+),?\s*/\* (.*?) \*/", header)
    for line in re.findall(r"^ +PIP_\w+ = .*", header, re.M):
        if "/* " not in line:
            fail(f"pip/status.h: no comment says what this status means: {line.strip()}")
    if not found:
        fail("pip/status.h names no status")
    return {name: (number, meaning) for name, number, meaning in found}


def definitions(files):
    """Each function of the services: where it stands, its comment, its text."""
    pattern = re.compile(COMMENT + r"((?:Definition|Fixpoint) (\w+)\b.*?\.\n)(?=\n|\Z)", re.M | re.S)
    return {name: (file, comment or "", text) for file in files
            for comment, text, name in pattern.findall(file.read_text(encoding="utf-8"))}


def used(name, functions):
    """The functions of the services that this one needs, itself first."""
    order = [name]
    for function in order:
        for word in re.findall(r"\w+", functions[function][2]):
            if word in functions and word not in order:
                order.append(word)
    return order


def split_outside_brackets(text):
    """The parts between the semicolons that stand in no brackets."""
    return [part.strip() for part in re.split(r";(?![^()]*\))", text)]


def printed(name, source):
    """The function as it is printed in C, with the comment above it."""
    found = re.search(r"(?:/\*(?:(?!\*/).)*\*/\n)?^[a-z][^\n;{]*\b%s\([^;{]*\)\n\{.*?^\}\n" % name, source, re.M | re.S)
    return found.group(0) if found else fail(f"no C function {name}")


def theorem(name, files):
    """The theorem about a service, with its comment, and its file."""
    pattern = re.compile(COMMENT + r"(Theorem %s_spec\b.*?\.)\s*\nProof" % name, re.M | re.S)
    for file in files:
        found = pattern.search(file.read_text(encoding="utf-8"))
        if found:
            return file, (found.group(1) or "") + found.group(2)
    return fail(f"no theorem {name}_spec")


def source_link(file, root):
    """A file's place, linked to its page of Gallina."""
    page_name = file.stem if "pipcore" in file.relative_to(root).parts else f"isolation-{file.stem}"
    return f"[`{file.relative_to(root)}`](../gallina/{page_name}.md)"


def column(title, language, code):
    """One of the things that stand side by side."""
    return ["`````{container} column", title, "", f"````{{code-block}} {language}", code + "````", "`````"]


def page(row, root, functions, known, c_source, proofs):
    """The text of a page, in MyST Markdown."""
    name, parameters, checks, effect, answers = row
    function = FUNCTIONS.get(name, name)
    if function not in functions:
        fail(f"no Gallina function {function}")
    file, comment, text = functions[function]
    needed = used(function, functions)
    answered = [status for status in known
                if any(re.search(r"\b%s\b" % status, functions[other][2]) for other in needed)]
    proof, statement = theorem(function, proofs)
    lines = [
        "---", "hide-toc: true", "---", "",
        f"# {name}", "",
        f"`{name}({parameters})`", "",
        f"**Done means.** {effect[0].upper()}{effect[1:]}.", "",
        "**Checks, in order**; the common ones are explained on [the page of all services](index.md):", "",
        *(f"{i}. {check}" for i, check in enumerate(split_outside_brackets(checks), 1)), "",
        f"**Answers.** {answers[0].upper()}{answers[1:]}.", "",
        "## Statuses", "",
        "| number | status | meaning |", "|---:|---|---|",
        *(f"| {known[status][0]} | `PIP_{status}` | {known[status][1]} |" for status in answered), "",
        "## Gallina, C, theorem", "",
        "The function that is proved, the C printed from it, and what is proved of it. A certificate, checked by Coq",
        "at each build, says that Gallina and C mean the same.",
        *(["Names lead to [what it calls](#what-it-calls)."] if needed[1:] else []), "",
        "``````{container} side-by-side",
        *column(f"**Gallina**, from {source_link(file, root)}", "coq", comment + text),
        *column("**C**, which the kernel is compiled from", "c", printed(function, c_source)),
        *column(f"**Theorem**, from {source_link(proof, root)}; [the proof's tour](../proof.md) says what `holds`, "
                "`wp` and the view `V` are", "coq", statement + "\n"),
        "``````", "",
    ]
    if needed[1:]:
        lines += ["## What it calls", ""]
        for other in needed[1:]:
            other_file, other_comment, other_text = functions[other]
            lines += [f"### `{other}`", "", f"From {source_link(other_file, root)}.", "",
                      "````{code-block} coq", other_comment + other_text + "````", ""]
    return "\n".join(lines)


def main():
    root, services_c, folder = map(pathlib.Path, sys.argv[1:])
    known = statuses((root / "libpip/include/pip/status.h").read_text(encoding="utf-8"))
    functions = definitions(sorted((root / "pipcore/services").glob("*.v")))
    proofs = sorted((root / "verification/isolation").glob("*.v"))
    overview = (root / "docs/services.md").read_text(encoding="utf-8")
    c_source = services_c.read_text(encoding="utf-8")
    table = list(rows(overview))
    if len(table) < 11:
        fail("docs/services.md has fewer than eleven services")
    folder.mkdir(parents=True)
    for row in table:
        (folder / f"{row[0]}.md").write_text(page(row, root, functions, known, c_source, proofs), encoding="utf-8")
    contents = "\n".join(row[0] for row in table)
    (folder / "index.md").write_text(f"{overview}\n```{{toctree}}\n:hidden:\n\n{contents}\n```\n", encoding="utf-8")


if __name__ == "__main__":
    main()
