# SPDX-License-Identifier: Apache-2.0
"""The finished site's search finds each public name at its definition: search_names.py SITE FILE...

The files are headers of C and C++, and Gallina; their names are read here in another way than the pages are written,
so that what those leave out is missed. A name is found if searchindex.js has a row for it, whose page has that place.
"""

import json
import pathlib
import re
import sys

import gallina

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
# Names at the left edge of a header, or of a class's public part: clang-format puts them there.
C_NAMES = [
    re.compile(r"^#\s*define (\w+)(?:\(| +\S)", re.M),
    re.compile(r"^(?:typedef .*|\} )\b(\w+)(?:\[\w+\])?;", re.M),
    re.compile(r"^(?:template <[^>]*>\s*)?(?:class|struct|enum class|enum)\s+(?:\[\[\w+\]\] )?(\w+)[^;()]*\{", re.M),
    re.compile(r"^(?!typedef|return|using|#|\s)[\w:<>,&* \[\]]*?[\s*&](\w+)\((?!\()", re.M),
    re.compile(r"^ +((?:PIP|k|CTX)_?[A-Z]\w*)(?: =|,|$)", re.M),
]
NO_NAME = re.compile(r"\w+_H_?|NOLINT|__\w+|if|while|for|switch|sizeof")


def header_names(text):
    """The public names of a header, as far as the left edge shows them."""
    text = COMMENT.sub("", text)
    found = {name for pattern in C_NAMES for name in pattern.findall(text)}
    return {name for name in found if not NO_NAME.fullmatch(name)}


def indexed(site):
    """What the search knows: for each name the pages and places."""
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("(") + 1:text.rindex(")")])
    places = {}
    for prefix, rows in index["objects"].items():
        for page, _, _, anchor, name in rows:
            full = f"{prefix}.{name}" if prefix else name
            # As Sphinx's searchtools.js reads it.
            place = (index["docnames"][page], anchor or full)
            for known in {name, name.rpartition("::")[2], full}:
                places.setdefault(known, set()).add(place)
    return places


def main():
    site, files = pathlib.Path(sys.argv[1]), map(pathlib.Path, sys.argv[2:])
    places, pages, wrong = indexed(site), {}, []
    for file in files:
        text = file.read_text(encoding="utf-8")
        of_gallina = file.suffix == ".v"
        names = {name for _, name, _ in gallina.definitions(text)} if of_gallina else header_names(text)
        if not names:
            wrong.append(f"{file}: no names")
        for name in sorted(names):
            wanted = "gallina/" if of_gallina else "api/"
            found = [place for place in places.get(name, ()) if place[0].startswith(wanted)]
            if not found:
                wrong.append(f"{file}: the search does not find {name}")
            for page, anchor in found:
                if page not in pages:
                    pages[page] = set(re.findall(r'\bid="([^"]+)"', (site / f"{page}.html").read_text("utf-8")))
                if anchor not in pages[page]:
                    wrong.append(f"{page}.html: no place for {name}")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
