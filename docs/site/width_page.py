# SPDX-License-Identifier: Apache-2.0
"""Writes a page that shows each page of the site in a frame and says which are wider: width_page.py FOLDER PIXELS."""

import json
import pathlib
import sys

_PAGE = """<!doctype html><body><script>
(async () => {
  for (const page of PAGES) {
    const frame = document.createElement("iframe");
    frame.width = WIDTH; frame.height = 800; frame.src = page;
    await new Promise((ready) => { frame.onload = ready; document.body.append(frame); });
    const wide = frame.contentDocument.documentElement.scrollWidth > WIDTH;
    frame.remove();
    if (wide) { const line = document.createElement("p"); line.className = "wide"; line.textContent = page;
      document.body.append(line); }
  }
  const done = document.createElement("p"); done.id = "done"; document.body.append(done);
})();
</script></body>
"""


def main():
    folder = pathlib.Path(sys.argv[1])
    pages = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))
    # Search and index pages have no text.
    pages = [page for page in pages if not page.startswith(("_", "search", "genindex", "typed", "width"))]
    print(_PAGE.replace("PAGES", json.dumps(pages)).replace("WIDTH", sys.argv[2]))


if __name__ == "__main__":
    main()
