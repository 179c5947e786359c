# SPDX-License-Identifier: Apache-2.0
"""Sphinx's settings for the documentation site (docs/site/README.md)."""
# pylint: disable=invalid-name

import enchant.tokenize

project = "Pip"
copyright = "the authors of Pip, Apache-2.0"  # pylint: disable=redefined-builtin
extensions = ["myst_parser", "sphinx_copybutton", "sphinxcontrib.spelling"]
html_theme = "furo"
html_title = "Pip"
html_static_path = ["_static"]
html_css_files = ["pip.css"]
# No clock and no machine in the output.
html_last_updated_fmt = None
html_show_copyright = True
html_copy_source = False

# Headings can be linked to; a link that leads nowhere is an error, because warnings are.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
nitpicky = True
highlight_language = "none"



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
