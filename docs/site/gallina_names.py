# SPDX-License-Identifier: Apache-2.0
"""Every name that the site's Gallina defines is documented: gallina_names.py TABLE FILE...

A comment stands right above the definition, or TABLE, a page of Markdown, has a row `name` | sentence for it. A name
that has neither is an error, and so is a row that nobody needs.
"""

import pathlib
import re
import sys

DEFINITION = re.compile(r"^ *(?:Definition|Fixpoint|Inductive|Variant|Record|Class|Theorem)\s+(\w+)", re.M)
ROW = re.compile(r"^\| `(\w+)` \| (\S.*) \|$", re.M)


def undocumented(text):
    """The names that have no comment right above them, where a comment at a line's end is one too."""
    for found in DEFINITION.finditer(text):
        above = text[:found.start()].rstrip(" ")
        line = text[found.start():].split("\n", 1)[0]
        if not above.endswith("*)\n") and not line.endswith("*)"):
            yield found.group(1)


def main():
    table, files = sys.argv[1], sys.argv[2:]
    rows = {name for name, _ in ROW.findall(pathlib.Path(table).read_text(encoding="utf-8"))}
    wanted = {name: file for file in files for name in undocumented(pathlib.Path(file).read_text(encoding="utf-8"))}
    wrong = [f"{file}: {name} has no comment above it, and no row in {table}" for name, file in wanted.items()
             if name not in rows]
    wrong += [f"{table}: {name}: no definition needs this row" for name in sorted(rows - wanted.keys())]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
