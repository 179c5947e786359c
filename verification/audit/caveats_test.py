#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""caveats.py on a small repository: a trusted file without a reason, a reason without a file, an old page are refused.

usage: caveats_test.py CAVEATS.py
"""
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = """[One with contracts]
pipcore/mal/*.h    because of shims
pipcore/kernel/stop.cc    because it stops
pipcore/model/*.v    because of what it says

[Other]
if pipcore/arch/other
pipcore/arch/other/boot.S    because it boots
"""


def write(root, name, text):
    """A file of the small repository."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def make(root):
    """The repository, in order."""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    write(root, "verification/audit/trusted.txt", TABLE)
    write(root, "verification/audit/caveats.md", "## Besides\n\nNothing.\n")
    write(root, "verification/shims/assumed.txt", "# A comment.\nswitch   it is one instruction\n")
    write(root, "pipcore/mal/words.h", "/* two\n   lines */\n" + "int a;\n" * 13)
    write(root, "pipcore/kernel/stop.cc", "// one\nint b;\n\n")
    write(root, "pipcore/kernel/stop_test.cc", "int c;\n")
    # Proofs and lemmas do not count: ten lines are left.
    write(root, "pipcore/model/Said.v", "Definition a := 1.\n" * 9 + "Lemma b : a = 1.\nProof.\n" + "  done.\n" * 40 +
          "Qed.\nTheorem c : a = 1.\nProof.\n" + "  done.\n" * 40 + "Qed.\n")


CASES = {
    "a new file": (lambda root: write(root, "pipcore/kernel/new.cc", "int d;\n"), "pipcore/kernel/new.cc is trusted"),
    "a new architecture": (lambda root: write(root, "pipcore/arch/other/entry.S", ""),
                           "pipcore/arch/other/entry.S is trusted"),
    "a missing file": (lambda root: (root / "pipcore/kernel/stop.cc").unlink(), "no trusted source is called"),
    "no reason": (lambda root: write(root, "verification/audit/trusted.txt", TABLE.replace("    because it stops", "")),
                  "has no reason"),
    "more lines": (lambda root: write(root, "pipcore/mal/words.h", "int a;\n" * 40), "out of date"),
    "another caveat": (lambda root: write(root, "verification/audit/caveats.md", "## Besides\n"), "out of date"),
    "another assumption": (lambda root: write(root, "verification/shims/assumed.txt", "switch   it is nothing\n"),
                           "out of date"),
    "a new file of another kind": (lambda root: write(root, "pipcore/kernel/new.inc", "nop\n"),
                                   "pipcore/kernel/new.inc is trusted"),
    "no page": (lambda root: (root / "CAVEATS.md").unlink(), "out of date"),
}


def main(tool):
    """Runs all cases; the number of those that went wrong is the answer."""
    tool = str(Path(tool).resolve())
    wrong = 0

    def expect(what, root, options, code, words):
        nonlocal wrong
        result = subprocess.run([sys.executable, tool, *options], cwd=root, capture_output=True, text=True)
        said = result.stdout + result.stderr
        if (result.returncode != 0) != (code != 0) or words not in said or "Traceback" in said:
            wrong += 1
            print("FAIL %s: exit code %d, or not %r in: %s" % (what, result.returncode, words, said))

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make(root)
        # Nor does the code of a function with a contract: ten lines are left.
        write(root, "pipcore/mal/proved.h", "/*@ assigns x;\n" + "    ensures x;\n" * 9 +
              "*/\nstatic inline int d(void) {\n" + "  x;\n" * 40 + "}\nstatic inline int e(void) { return 1; }\n")
        expect("what is proved does not count", root, [], 0, "up to date")
        written = (root / "CAVEATS.md").read_text()
        for row in ("`pipcore/model/Said.v` | 10 |", "`pipcore/mal/*.h` (2 files) | 20 |"):
            if row not in written:
                wrong += 1
                print("FAIL no row %s in:\n%s" % (row, written))
    for what, (change, words) in CASES.items():
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            make(root)
            expect(what + ", before", root, [], 0, "up to date")
            expect(what + ", before", root, ["--check"], 0, "PASS")
            text = (root / "CAVEATS.md").read_text()
            if "| `pipcore/mal/words.h` | 10 | because of shims |" not in text or "Nothing." not in text or \
                    "| `switch` | it is one instruction |" not in text:
                wrong += 1
                print("FAIL the page is not as it should be:\n" + text)
            change(root)
            expect(what, root, ["--check"], 1, words)
    print("%s: %d cases" % ("FAIL" if wrong else "PASS", len(CASES)))
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
