# SPDX-License-Identifier: Apache-2.0
"""Says which links of a folder of HTML pages lead nowhere: dead_links.py FOLDER. Only pages of the site itself count.

linkchecker, the well-kept tool for this, gives up root's rights when it starts, which fails in Bazel's sandbox.
"""

import html.parser
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links = []
        self.anchors = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            if name in ("id", "name") and value:
                self.anchors.add(value)


def dead_links(folder):
    """What is wrong with each link that leads nowhere."""
    pages = {path: Page(path.read_text(encoding="utf-8", errors="replace")) for path in folder.rglob("*.html")}
    for path, page in pages.items():
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                yield f"{path.relative_to(folder)}: {link}: no such file"
            elif parts.fragment and target in pages and parts.fragment not in pages[target].anchors:
                yield f"{path.relative_to(folder)}: {link}: no such place on that page"


def main():
    found = sorted(dead_links(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
