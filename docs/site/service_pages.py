# SPDX-License-Identifier: Apache-2.0
"""Writes one page per service: service_pages.py ROOT SERVICES_C FOLDER.

A page has what docs/services.md says of the service, each status that it can answer, its Gallina, the C printed from it
and the theorem about it. The checks that docs/services.md names must be those of the theorem, in its order.
All of it is taken from the sources; what cannot be found is an error.
"""

import json
import pathlib
import re
import sys

# Services of docs/services.md whose function has another name.
FUNCTIONS = {"yield": "yieldTo"}

# A comment of Gallina that may stand above a definition.
COMMENT = r"^(\(\*\*(?:(?!\*\)).)*\*\)\n)?"


def fail(text):
    """Ends with one line."""
    sys.exit(f"service_pages.py: {text}")


def sections(text):
    """The services of docs/services.md: name and text of each; the text begins with an example of a call."""
    found = re.findall(r"^## (\w+)\n\n(`(\w+)\(.*?)(?=^## |\Z)", text, re.M | re.S)
    for name, _, called in found:
        if called != name:
            fail(f"docs/services.md, {name}: the call is {called}")
    return [(name, section.strip()) for name, section, _ in found]


def stated_checks(name, section, known):
    """The statuses of the numbered checks of a section, in order; "offered" stands for those of an offered page."""
    items = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |^\n|\Z)", section + "\n\n", re.M | re.S)
    if [int(number) for number, _ in items] != list(range(1, len(items) + 1)):
        fail(f"docs/services.md, {name}: the numbers of the checks do not go up by one")
    return [word for _, item in items for word in check_words(item, known, "**offered**")]


def check_words(text, known, offered):
    """The statuses that a text names, and "offered" for the given word."""
    words = re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b|" + re.escape(offered), text)
    return ["offered" if word == offered else word for word in words if word == offered or word in known]


def proved_checks(statement, specification, known):
    """The same from the theorem about the service. What is done to several pages is said once."""
    found = re.search(r"first_failing (?:\((\w+)|(\[.*?\]))", statement, re.S)
    if not found:
        return []
    text = found[2] or definition_of(found[1], specification)
    text = re.sub(r"\bchild_checks\b", lambda _: definition_of("child_checks", specification), text)
    words = check_words(text, known, "offer_checks")
    return [word for i, word in enumerate(words) if i == 0 or word != words[i - 1]]


def definition_of(name, specification):
    """What stands behind the := of a definition."""
    found = re.search(r"^Definition %s\b.*?:=(.*?)\.\n(?=\n|Definition|\Z)" % name, specification, re.M | re.S)
    return found[1] if found else fail(f"Specification.v does not define {name}")


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


def page(name, section, root, functions, known, c_source, proofs):
    """The text of a page, in MyST Markdown."""
    function = FUNCTIONS.get(name, name)
    if function not in functions:
        fail(f"no Gallina function {function}")
    file, comment, text = functions[function]
    needed = used(function, functions)
    answered = [status for status in known
                if any(re.search(r"\b%s\b" % status, functions[other][2]) for other in needed)]
    proof, statement = theorem(function, proofs)
    specification = (root / "verification/isolation/Specification.v").read_text(encoding="utf-8")
    stated, proved = stated_checks(name, section, known), proved_checks(statement, specification, known)
    if stated != proved:
        fail(f"docs/services.md, {name}: it checks {stated}; but what is proved is {proved}")
    lines = [
        "---", "hide-toc: true", "---", "",
        f"# {name}", "",
        section.replace("**offered**", "[offered](index.md#the-services)"), "",
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
    services = sections(overview)
    if len(services) < 11:
        fail("docs/services.md has fewer than eleven services")
    folder.mkdir(parents=True)
    for name, section in services:
        text = page(name, section, root, functions, known, c_source, proofs)
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
        overview = overview.replace(section, f"{section}\n\n[Its statuses, Gallina, C and theorem]({name}.md).", 1)
    contents = "\n".join(name for name, _ in services)
    rows = [{"name": name, "kind": "service", "page": f"services/{name}", "anchor": name.lower()}
            for name, _ in services]
    (folder / "names.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "index.md").write_text(f"{overview}\n```{{toctree}}\n:hidden:\n\n{contents}\n```\n", encoding="utf-8")


if __name__ == "__main__":
    main()
