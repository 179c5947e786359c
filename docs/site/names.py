# SPDX-License-Identifier: Apache-2.0
"""A Sphinx extension: every name of */names.json can be searched for, and leads to its definition where prose has it.

A row of names.json says what a name is, on which page, and at which place there; files.json has the pages of files.
"""

import html
import json
import pathlib
import re

from sphinx.domains import Domain, ObjType

KINDS = ["service"] + [f"{language} {kind}" for language, kinds in {
    "C": ["function", "macro", "type", "variable", "constant", "field"],
    "C++": ["function", "macro", "type", "variable", "constant", "field"],
    "Gallina": ["definition", "theorem", "lemma", "constructor", "field"],
}.items() for kind in kinds]
# What a search shows first, and last: Sphinx's numbers.
FIRST, USUAL, LAST = 0, 1, 2
CODE = re.compile(r'<code class="docutils literal notranslate"><span class="pre">([^<]+)</span></code>')
# Parts of a page in which nothing becomes a link.
LEFT = re.compile(r"(<a\b.*?</a>|<h\d\b.*?</h\d>|<pre\b.*?</pre>)", re.S)


def rows_below(folder):
    """The rows of all files names.json."""
    return [row for file in sorted(pathlib.Path(folder).glob("*/names.json"))
            for row in json.loads(file.read_text(encoding="utf-8"))]


def priority(kind):
    """Where a search shows a thing of that kind."""
    return FIRST if kind == "service" else LAST if kind == "Gallina lemma" else USUAL


class Names(Domain):
    """The names, as Sphinx's search wants them."""

    name = "pip"
    label = "Pip"
    object_types = {kind: ObjType(kind) for kind in KINDS}

    def get_objects(self):
        for row in rows_below(self.env.srcdir):
            yield row["name"], row["name"], row["kind"], row["page"], row["anchor"], priority(row["kind"])

    def get_type_name(self, type, primary=False):  # pylint: disable=redefined-builtin
        """What the search says behind a name."""
        return type.lname

    def resolve_any_xref(self, *_):
        """No link of Markdown names them."""
        return []


def standing(row):
    """Of things that have one name, prose means the first: a service, libpip's, the kernel's, then Gallina's."""
    if row["kind"] == "service":
        return 0
    if row["page"].startswith("api/libpip"):
        return 2 if ".arch." in row["page"].replace("-", ".") else 1
    return 3 if row["page"].startswith("api/") else 4


def homes(rows):
    """Where each name leads: to the only thing of the highest standing, if prose can mean nothing else by it."""
    found = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row)
    leading = {}
    for name, some in found.items():
        best = min(standing(row) for row in some)
        some = [row for row in some if standing(row) == best]
        if len(some) == 1 and (best == 0 or re.search(r"\w_\w|[a-z][A-Z]", name)):
            leading[name] = some[0]
    # A status is best explained where partitions have it.
    leading.update({name[4:]: row for name, row in list(leading.items())
                    if name.startswith("PIP_") and row["page"] == "api/libpip-include-pip-status-h"})
    return leading


def pages_of_files(folder, documents):
    """The pages that show files of the repository."""
    found = {}
    for file in sorted(pathlib.Path(folder).glob("*/files.json")):
        found.update(json.loads(file.read_text(encoding="utf-8")))
    for document in documents:
        for place in ("docs", "docs/site"):
            found[f"{place}/{document}.md"] = document
    return found | {"docs/services.md": "services/index", "CAVEATS.md": "caveats"}


def breakable(cell):
    """A cell of a table, in which long names may go on in the next line where one of their parts ends."""
    return CODE.sub(lambda code: re.sub(r"(?<=[\w.])([/_:.]+)(?=\w{3})", r"\1<wbr>", code.group(1)).join(
        code.group().split(code.group(1), 1)), cell.group())


def link_names(app, page, _template, context, _doctree):
    """Makes links of the names in a page's prose."""
    if "body" not in context:
        return
    if not hasattr(app.env, "pip_homes"):
        app.env.pip_files = pages_of_files(app.srcdir, app.env.found_docs)
        # A word that is the name of a file as well may mean that.
        stems = {pathlib.PurePath(file).stem for file in app.env.pip_files}
        found = homes(rows_below(app.srcdir))
        app.env.pip_homes = {name: row for name, row in found.items() if name not in stems or row["kind"] == "service"}

    def link(code, before):
        text = html.unescape(code.group(1))
        row = app.env.pip_homes.get(re.sub(r"^pip::|\(.*\)$", "", text))
        if not row and text in app.env.pip_files:
            row = {"page": app.env.pip_files[text], "anchor": ""}
        if not row or (row["page"] == page and (not row["anchor"] or before.endswith(f'id="{row["anchor"]}"></a>'))):
            return code.group()
        target = "" if row["page"] == page else context["pathto"](row["page"])
        target += "#" + row["anchor"] if row["anchor"] else ""
        return f'<a class="name" href="{html.escape(target)}">{code.group()}</a>'

    parts = LEFT.split(context["body"])
    for place in range(0, len(parts), 2):
        before = parts[place - 1] if place else ""
        # What the piece begins with stands right behind what is before it.
        parts[place] = CODE.sub(lambda code, before=before: link(code, "" if code.start() else before), parts[place])
    context["body"] = re.sub(r"<td\b.*?</td>", breakable, "".join(parts), flags=re.S)


def setup(app):
    """Sphinx asks for this."""
    app.add_domain(Names)
    app.connect("html-page-context", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
