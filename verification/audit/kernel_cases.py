# SPDX-License-Identifier: Apache-2.0
"""What the tests of kernel_image.py share: small kernels from assembly, and what the checker must say of each."""
import subprocess
import sys

LINKER_OPTIONS = ["-nostdlib", "-static", "-Wl,--build-id=none", "-Wl,-z,max-page-size=4096",
                  "-Wl,--no-warn-rwx-segments"]


def function(name, body, mark="@"):
    """Assembly of one function, its instructions with ; between them; mark: what the assembler wants before a type."""
    return "\n.globl %s\n.type %s, %sfunction\n%s:\n%s\n.size %s, . - %s\n" % (
        name, name, mark, name, "\n".join(body.split(";")), name, name)


def link(folder, compiler, source, script):
    """Links a kernel from assembly; compiler: its command with the machine's options."""
    (folder / "kernel.S").write_text(source)
    (folder / "kernel.lds").write_text(script)
    kernel = folder / "kernel.elf"
    subprocess.run([*compiler, *LINKER_OPTIONS, "-Wl,-T," + str(folder / "kernel.lds"), str(folder / "kernel.S"), "-o",
                    str(kernel)], check=True)
    return kernel


class Checker:
    """kernel_image.py, and how often it was wrong."""

    def __init__(self, path):
        self.path, self.wrong, self.refused = path, 0, 0

    def expect(self, what, kernel, code, words):
        """The exit code and the words for a kernel."""
        result = subprocess.run([sys.executable, self.path, str(kernel)], capture_output=True, text=True, check=False)
        said = result.stdout + result.stderr
        self.refused += code
        if result.returncode != code or words not in said or "Traceback" in said:
            self.wrong += 1
            print("FAIL %s: exit code %d, not %d, or not %r in:\n%s" % (what, result.returncode, code, words, said))

    def accepts(self, what, kernel, words):
        """A good kernel."""
        self.expect(what, kernel, 0, words)

    def refuses(self, what, kernel, words):
        """A bad kernel."""
        self.expect(what, kernel, 1, words)

    def finish(self):
        """The last line; the number of wrong answers."""
        print("%s: %d bad kernels" % ("FAIL" if self.wrong else "PASS", self.refused))
        return self.wrong
