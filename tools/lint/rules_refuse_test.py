#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each house rule finds what it is for, and nothing in a clean file."""

import os
import pathlib
import subprocess
import sys
import unittest

RULES = pathlib.Path("tools/lint/rules.py").absolute()
SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


class RulesTest(unittest.TestCase):

    def check(self, name, text, expected):
        """Checks one file, alone in a folder with a README; expected is None or part of what must be said."""
        folder = pathlib.Path(os.environ["TEST_TMPDIR"], self.id())
        folder.mkdir(exist_ok=True)
        (folder / "README.md").write_text("# A folder\n")
        (folder / "BUILD").write_text('"open.v" "closed.v"')
        (folder / name).write_text(text)
        run = subprocess.run([sys.executable, RULES, "README.md", name], cwd=folder, capture_output=True, text=True)
        if expected is None:
            self.assertEqual((run.stdout.strip(), run.returncode), ("", 0))
        else:
            self.assertIn(expected, run.stdout)
            self.assertEqual(run.returncode, 1)

    def test_clean(self):
        self.check("clean.cc", SPDX + "int one() { return 1; }\n", None)

    def test_license(self):
        self.check("bare.cc", "int one() { return 1; }\n", "SPDX")

    def test_columns(self):
        self.check("wide.cc", SPDX + "//" + "x" * 119 + "\n", "wide.cc:2: has 121 columns")

    def test_length(self):
        self.check("long.cc", SPDX + "//\n" * 600, "has 601 lines")

    def test_spaces(self):
        self.check("spaces.cc", SPDX + "int one();  \n", "ends in spaces")

    def test_leftover(self):
        self.check("left.cc", SPDX + "// TO" + "DO: more\n", "leftover")

    def test_unproved(self):
        self.check("open.v", SPDX + "Lemma a : b.\nAdmit" + "ted.\n", "open.v:3: unproved")

    def test_unproved_in_comment(self):
        self.check("closed.v", SPDX + "(* nothing is Admit" + "ted, (* or admit *) *)\n", None)

    def test_forgotten(self):
        self.check("forgotten.v", "(* SPDX-License-Identifier: Apache-2.0 *)\n", "no target")

    def test_path(self):
        self.check("path.cc", SPDX + 'const char* kFile = "/ho' + 'me/me/file";\n', "a path of one machine")

    def test_switched_off(self):
        self.check("off.cc", SPDX + "TEST(A, DISABL" + "ED_b) {}\n", "a test that never runs")

    def test_manual(self):
        head = "# SPDX-License-Identifier: Apache-2.0\n"
        self.check("BUILD", head + 'sh_test(\n    name = "a",\n    tags = ["manual"],\n)\n', "a test that never runs")

    def test_manual_program(self):
        head = "# SPDX-License-Identifier: Apache-2.0\n"
        self.check("BUILD", head + 'sh_test(\n)\ngenrule(\n    tags = ["manual"],\n)\n', None)

    def test_generated(self):
        self.check("a.vo", "", "looks generated")

    def test_readme(self):
        run = subprocess.run([sys.executable, RULES, "a/b/c.txt", "a/README.md"], cwd=self.tree(), capture_output=True,
                             text=True)
        self.assertIn("a/b: has no README.md", run.stdout)

    def test_readme_names_folder(self):
        tree = self.tree()
        (tree / "a" / "README.md").write_text("`b/` holds c.\n")
        run = subprocess.run([sys.executable, RULES, "a/b/c.txt", "a/README.md"], cwd=tree, capture_output=True,
                             text=True)
        self.assertEqual(run.stdout.strip(), "")

    def tree(self):
        tree = pathlib.Path(os.environ["TEST_TMPDIR"], self.id())
        (tree / "a" / "b").mkdir(parents=True)
        (tree / "a" / "README.md").write_text("# A\n")
        (tree / "a" / "b" / "c.txt").write_text("c\n")
        return tree


if __name__ == "__main__":
    unittest.main()
