#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""commands.py WORD ROOT: the commands of the documentation. Its list is docs/commands.md, which says the form.

    check ROOT   every command of the pages is in the list, and every one of the list in a page
    run ROOT     runs those that are tested each time, in a fresh clone of ROOT
    night ROOT   the same for those that are tested by night
"""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

LIST = "docs/commands.md"
ROW = re.compile(r"^\| `([^`|]+)` \| ([^|]+?) \|(?: `([^`]+)`)? \|$", re.M)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.S | re.M)
EACH_TIME, BY_NIGHT, TARGET = "each time", "by night", "a target"
# Capitals stand for something that the reader chooses.
PLACEHOLDER = re.compile(r"\b[A-Z]+\b|_[A-Z]+_|(?<!/)\.\.\.")


def pages(root):
    """The pages whose commands are tested."""
    found = [root / "README.md", *sorted((root / "docs").glob("*.md")), *sorted((root / "docs/site").glob("*.md"))]
    return [page for page in found if page != root / LIST]


def blocks(text):
    """The commands of a page's sh blocks, without comments."""
    for language, block in FENCE.findall(text):
        if language == "sh":
            for line in block.replace("\\\n", " ").splitlines():
                command = re.sub(r"(^|\s)#.*", "", line).strip()
                if command:
                    yield " ".join(command.split())


def mentions(text):
    """The commands that a page's sentences speak of."""
    for code in re.findall(r"`([^`]+)`", FENCE.sub("", text)):
        command = " ".join(code.split())
        if re.match(r"(\./pip|bazel (build|test|run)) ", command):
            yield command


class List:
    """The rows of docs/commands.md."""

    def __init__(self, root):
        self.tested, self.shows = {}, {}
        for command, tested, shows in ROW.findall((root / LIST).read_text(encoding="utf-8")):
            self.tested[command] = tested
            self.shows[command] = shows

    def instance(self, command):
        """The command that stands for this form, if it is one."""
        found = re.fullmatch(r"like `([^`]+)`", self.tested[command])
        return found.group(1) if found else None

    def problems(self, root):
        """What is wrong with the row of each command."""
        for command, tested in self.tested.items():
            if self.instance(command):
                if self.tested.get(self.instance(command)) not in (EACH_TIME, BY_NIGHT, TARGET):
                    yield f"{command}: nothing tests the instance {self.instance(command)}"
            elif tested in (EACH_TIME, BY_NIGHT, TARGET):
                if PLACEHOLDER.search(command):
                    yield f"{command}: this is a form; say which command it is like"
            elif re.fullmatch(r"as `//[^`]+`", tested):
                if not (root / tested[6:-1].split(":")[0] / "BUILD").is_file():
                    yield f"{command}: there is no package for {tested[3:]}"
            else:
                yield f"{command}: tested {tested}? The first lines of {LIST} say what there is"


def problems(root):
    """What is wrong with pages and list."""
    listed = List(root)
    yield from listed.problems(root)
    said = {listed.instance(command) for command in listed.tested}
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for command in [*blocks(text), *mentions(text)]:
            said.add(command)
            if command not in listed.tested:
                yield f"{page.relative_to(root)}: {command}: {LIST} does not say how it is tested"
        for command in blocks(text):
            if listed.tested.get(command, EACH_TIME) not in (EACH_TIME, BY_NIGHT):
                yield f"{page.relative_to(root)}: {command}: a block to copy holds a command that nobody runs"
    for command in listed.tested:
        if command not in said:
            yield f"{LIST}: {command}: no page says this any more"


def git(*words, folder):
    """What git prints; why it fails, it says itself."""
    return subprocess.run(["git", *words], cwd=folder, check=True, stdout=subprocess.PIPE).stdout.decode()


def clone(root, folder):
    """A clone of the repository, as `git clone` makes it. What is not committed yet, it has as one more commit, so that
    one can test before one commits; where all is committed, as in continuous integration, it is the commit itself."""
    git("clone", "-q", str(root), str(folder), folder=root)
    names = git("diff", "-z", "--name-only", "--no-renames", "HEAD", folder=root).split("\0")
    names += git("ls-files", "-z", "--others", "--exclude-standard", folder=root).split("\0")
    for name in filter(None, names):
        (folder / name).unlink(missing_ok=True)
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    git("add", "--all", folder=folder)
    if git("status", "--porcelain", folder=folder):
        git("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "-m", "all", folder=folder)
    print(f"a clone of {git('rev-parse', 'HEAD', folder=root).strip()} with {len(list(filter(None, names)))} changes")


def fresh_home(home):
    """A user who has nothing but the results of builds that this machine's user shares."""
    cache = pathlib.Path(pwd.getpwuid(os.getuid()).pw_dir, ".cache/pip-bazel")
    cache.mkdir(parents=True, exist_ok=True)
    (home / ".cache").mkdir(parents=True)
    (home / ".cache/pip-bazel").symlink_to(cache)
    (home / ".bazelrc").write_text(f"startup --output_user_root={home}/bazel\nstartup --max_idle_secs=60\n",
                                   encoding="utf-8")
    return {**{name: os.environ[name] for name in ("PATH", "USER", "LANG") if name in os.environ}, "HOME": str(home)}


def run(root, when):
    """Runs the commands, page by page; what several pages say is run once. The number of failures."""
    listed = List(root)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        folder = pathlib.Path(work, "clone")
        clone(root, folder)
        environment = fresh_home(pathlib.Path(work, "home"))
        orders, elsewhere = [], set()
        for page in pages(root):
            text = page.read_text(encoding="utf-8")
            here = [command for command in blocks(text) if command not in elsewhere]
            here += [command for command in mentions(text) if command not in elsewhere and command not in here]
            elsewhere.update(here)
            orders += here
        orders += [command for command in listed.tested if command not in elsewhere]
        orders = [command for command in orders if listed.tested.get(command) == when]
        failures = sum(not one(command, listed.shows[command], folder, environment) for command in orders)
        if when == EACH_TIME:
            failures += not targets_exist(listed, folder, environment)
        if pathlib.Path(work, "home/bazel").exists():
            subprocess.run(["bazel", "shutdown"], cwd=folder, env=environment, check=False, capture_output=True)
        subprocess.run(["chmod", "-R", "u+w", work], check=False)
    print(f"{len(orders)} commands, {failures} failures")
    return failures if orders else 1


def one(command, shows, folder, environment):
    """Whether the command succeeds and shows what it should."""
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, errors="replace")
    output = done.stdout.replace("\r", "")
    right = done.returncode == 0 and re.search(shows, output, re.M)
    print(f"{'good' if right else 'FAIL'}  {command}", flush=True)
    if not right:
        print(f"status {done.returncode}, expected 0 and a line with {shows!r}; the last lines:")
        print("\n".join(output.splitlines()[-60:]), flush=True)
    return bool(right)


def targets_exist(listed, folder, environment):
    """Bazel knows the targets of those commands that are themselves tests."""
    labels = []
    for command, tested in listed.tested.items():
        if tested == TARGET:
            words = [word for word in command.split()[2:] if not word.startswith("--")]
            labels += [word if word.startswith("//") else f"//{word}/..." for word in words]
    return one("bazel query --keep_going --noshow_progress 'set(" + " ".join(labels) + ")'", "^//", folder, environment)


def main():
    word, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    if word == "check":
        found = list(problems(root))
        print("\n".join(found) or "every command of the pages has its test")
        return 1 if found else 0
    return 1 if run(root, {"run": EACH_TIME, "night": BY_NIGHT}[word]) else 0


if __name__ == "__main__":
    sys.exit(main())
