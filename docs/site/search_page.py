# SPDX-License-Identifier: Apache-2.0
"""Writes a page that types words into the site's search, and says what it answers first: search_page.py WORD..."""

import json
import sys

_PAGE = """<!doctype html><body><script>
(async () => {
  for (const word of WORDS) {
    const frame = document.createElement("iframe");
    frame.src = "search.html?q=" + encodeURIComponent(word);
    await new Promise((ready) => { frame.onload = ready; document.body.append(frame); });
    // Answers come one after the other; the last is followed by how many they are.
    for (let waited = 0; waited < 400; ++waited) {
      if (/found|did not match/.test(frame.contentDocument.querySelector(".search-summary")?.textContent)) break;
      await new Promise((ready) => setTimeout(ready, 25));
    }
    const links = [...frame.contentDocument.querySelectorAll("ul.search li a")].slice(0, 5);
    const line = document.createElement("p");
    line.textContent = `${word}: ${links.map((link) => link.getAttribute("href")).join(" ")} `;
    frame.remove();
    document.body.append(line, "\\n");
  }
})();
</script></body>
"""


def main():
    print(_PAGE.replace("WORDS", json.dumps(sys.argv[1:])))


if __name__ == "__main__":
    main()
