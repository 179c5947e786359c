# SPDX-License-Identifier: Apache-2.0
"""Writes the pages of Gallina: gallina_pages.py ROOT FOLDER FILE...

Each page is coqdoc's of one file, proofs left out, with a place for each name that the file defines; names.json says
where each is, for the search. A name in code leads to its definition, if only one file has it and it is nothing local.
"""

import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import gallina

# What is shown: a heading, a sentence, and the folder.
PARTS = [
    ("The model", "What the machine is, and each primitive that the services are written with.", "pipcore/model"),
    ("The services", "What the kernel does, printed as C.", "pipcore/services"),
    ("What is proved of the services", "Isolation, the invariant, and a theorem for each service. "
     "[The proof's tour](../proof.md) says in which order to read them.", "verification/isolation"),
    ("The scheduler's theory", "Jobs, schedules, policies and demand: what the theorems on scheduling speak of.",
     "scheduler-edf/model"),
    ("The scheduler", "What the partition decides with, printed as C, and what "
     "[another policy](../extend-the-scheduler.md) adds to.", "scheduler-edf/services"),
    ("What is proved of the scheduler", "`Main` has the theorems, the other files what they are stated with. "
     "[Their tour](../schedule-proof.md).", "verification/schedule"),
]
# An interval that is open on its right is no code, which coqdoc has between brackets.
HALF_OPEN = re.compile(r"\[(\w+, \w+\))")
SPAN = re.compile(r'<span class="id" title="([a-z]+)">([^<]+)</span>')


def prepared(text):
    """The text for coqdoc: without its licence, and with a comment at a line's end as part of the code."""
    text = re.sub(r"^\(\* SPDX[^\n]*\n", "", text)
    text = re.sub(r"(?<=\S)( +)\(\*\* +(?=[^\n]*\*\)$)", r"\1(* ", text, flags=re.M)
    return HALF_OPEN.sub(r"#&#91;#\1", text)


def local_names(text):
    """The names that something in a file binds."""
    code = gallina.without_comments(text)
    bound = re.findall(r"\b(?:let!?|fun|forall|exists|fix|as)\s+((?:'?\(?[\w']+[\s,]*)+)", code)
    bound += re.findall(r"[({]\s*([\w' ]+?)\s*:[^=]", code)
    return {name for names in bound for name in re.findall(r"[\w']+", names)}


class Page:
    """coqdoc's page of a file."""

    def __init__(self, file, root):
        self.file = file
        self.text = file.read_text(encoding="utf-8")
        self.name, self.title = gallina.page_of(file, root)
        # Kernel and scheduler have names in common.
        self.family = "scheduler" if "schedule" in self.name else "kernel"
        self.place = file.relative_to(root).as_posix()
        self.names = {}
        for kind, name, _ in gallina.definitions(self.text):
            self.names.setdefault(name, kind)
        with tempfile.TemporaryDirectory() as folder:
            source, output = pathlib.Path(folder) / file.name, pathlib.Path(folder) / "page.html"
            source.write_text(prepared(self.text), encoding="utf-8")
            subprocess.run(["coqdoc", "--html", "--body-only", "--utf8", "--no-glob", "--no-index", "--gallina",
                            "--parse-comments", "-o", str(output), str(source)], check=True, stdout=subprocess.DEVNULL)
            self.body = output.read_text(encoding="utf-8")

    def defining_spans(self):
        """Where on the page each name is defined."""
        spans, cursor = {}, 0
        for kind, name, _ in gallina.definitions(self.text):
            if name in spans:
                continue
            for span in SPAN.finditer(self.body, cursor):
                if html.unescape(span.group(2)) == name and self.defines(span, kind):
                    spans[name] = span
                    cursor = span.end() if kind not in ("constructor", "field") else cursor
                    break
            else:
                sys.exit(f"{self.place}: coqdoc's page does not define {name}")
        return spans

    def defines(self, span, kind):
        """Whether a name of that kind is defined at this place of the page."""
        before, after = (re.sub(r"<[^>]*>|&nbsp;|\s", "", text) for text in (
            self.body[max(0, span.start() - 400):span.start()], self.body[span.end():span.end() + 200]))
        if kind == "constructor":
            return before.endswith(("|", ":="))
        if kind == "field":
            return after.startswith((":", "("))
        return re.search(r"(Definition|Fixpoint|Inductive|Variant|Record|Class|Theorem|Lemma)$", before)

    def linked(self, homes):
        """The page with its places, and links to what other definitions have."""
        defining = {span.start(): name for name, span in self.defining_spans().items()}
        local = local_names(self.text)

        def piece(span):
            kind, name = span.group(1), html.unescape(span.group(2))
            if span.start() in defining:
                return f'<span class="id defined" title="{kind}" id="{name}">{span.group(2)}</span>'
            home = self.name if name in self.names else homes.get(name)
            if kind != "keyword" and home and name not in local and re.search(r"_|[a-z][A-Z]|[A-Z]{2}", name):
                target = "" if home == self.name else f"{home}.html"
                return f'<a class="id" href="{target}#{html.escape(name)}">{span.group(2)}</a>'
            return span.group()

        return SPAN.sub(piece, self.body)


def main():
    root, folder, *files = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    pages = [Page(file, root) for file in files]
    homes = {page.family: {} for page in pages}
    for page in pages:
        for name in page.names:
            homes[page.family][name] = None if name in homes[page.family] else page.name
    lines = ["# The Gallina", "", "Model, services, scheduler, and the statements about them, as coqdoc shows them; "
             "proofs are left out. A name that is underlined leads to its definition, and the search finds each.", "",
             "```{toctree}", ":maxdepth: 1", "", "names", "scheduler-names", "```", ""]
    for heading, sentence, place in PARTS:
        lines += [f"## {heading}", "", sentence, "", "```{toctree}", ":maxdepth: 1", "",
                  *(page.name for page in pages if page.file.parent == root / place), "```", ""]
    (folder / "index.md").write_text("\n".join(lines), encoding="utf-8")
    rows = []
    for page in pages:
        (folder / f"{page.name}.html").write_text(page.linked(homes[page.family]), encoding="utf-8")
        (folder / f"{page.name}.md").write_text(
            f"# {page.title}\n\n`{page.place}`\n\n```{{raw}} html\n:file: {page.name}.html\n```\n", encoding="utf-8")
        rows += [{"name": name, "kind": f"Gallina {kind}", "page": f"gallina/{page.name}", "anchor": name}
                 for name, kind in page.names.items()]
    files = {page.place: f"gallina/{page.name}" for page in pages}
    (folder / "files.json").write_text(json.dumps(files), encoding="utf-8")
    (folder / "names.json").write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
