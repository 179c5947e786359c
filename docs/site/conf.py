# SPDX-License-Identifier: Apache-2.0
"""Sphinx's settings for the documentation site (docs/site/README.md)."""
# pylint: disable=invalid-name

import pathlib
import re
import sys

import enchant.tokenize

# Beside this file is an extension.
sys.path.insert(0, str(pathlib.Path(__file__).parent))

project = "Pip"
copyright = "the authors of Pip, Apache-2.0"  # pylint: disable=redefined-builtin
extensions = ["myst_parser", "sphinx_copybutton", "sphinxcontrib.spelling", "names"]
html_theme = "furo"
html_title = "Pip"
html_static_path = ["_static"]
html_css_files = ["pip.css"]
html_js_files = ["dark.js"]
# No clock and no machine in the output.
html_last_updated_fmt = None
html_show_copyright = True
html_copy_source = False

# Headings can be linked to; a link that leads nowhere is an error, because warnings are.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
nitpicky = True
highlight_language = "none"

def link_names(_app, page, _template, context, _doctree):
    """On the page of a service, the names of what it calls lead, from each piece of code, to where they are shown."""
    if not page.startswith("services/"):
        return
    body = context["body"]
    places = {name: place for place, name in
              re.findall(r'<section id="([\w-]+)">\s*<h3><code[^>]*><span class="pre">(\w+)</span>', body)}
    if places:
        names = re.compile(r"\b(" + "|".join(places) + r")\b")

        def link(code):
            return re.sub(r">[^<]+<", lambda text: names.sub(
                lambda name: f'<a href="#{places[name.group()]}">{name.group()}</a>', text.group()), code.group())

        context["body"] = re.sub(r"<pre>.*?</pre>", link, body, flags=re.S)


def setup(app):
    """Sphinx asks for this."""
    app.connect("html-page-context", link_names)


class NumberFilter(enchant.tokenize.Filter):
    """Hexadecimal numbers are no words."""

    def _skip(self, word):
        return word.startswith("0x")


spelling_lang = "en_GB"
spelling_filters = [NumberFilter]
spelling_ignore_contributor_names = False
spelling_word_list_filename = ["words.txt"]
spelling_show_suggestions = True
spelling_warning = True
# Comments, which comment_spelling.py reads where they are written.
spelling_exclude_patterns = ["api/*"]
