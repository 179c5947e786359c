#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C ends a run in an emulator at once: its programs are gone, and so are its files.

usage: interrupted_test.py RUNNER...
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMAGE = "tools/bazel/test/hang_image.image"
# Far longer than the test waits for anything.
RUN = "1000"
PATIENCE = 50


def members(session):
    """The processes of a session that still run, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getsid(int(entry.name)) == session:
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            pass  # it has just ended
    return {process: line for process, line in found.items() if line}


def wait_for(condition):
    """Whether the condition came true before the patience was over."""
    for _ in range(PATIENCE * 10):
        if condition():
            return True
        time.sleep(0.1)
    return False


def interrupt(runner):
    """What is wrong with a run that is interrupted, in words; nothing if all is well."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.Popen([runner, "--seconds", RUN, IMAGE], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, "TMPDIR": folder})
        # The guest says something before it hangs.
        if not wait_for(lambda: any(path.stat().st_size for path in Path(folder).glob("*/serial"))):
            wrong = "the machine does not start"
        else:
            os.killpg(run.pid, signal.SIGINT)
            if not wait_for(lambda: run.poll() is not None):
                wrong = "Ctrl-C does not end it"
            elif not wait_for(lambda: not members(run.pid)):
                wrong = "Ctrl-C leaves " + "; ".join(members(run.pid).values())
            elif run.returncode == 0:
                wrong = "an interrupted run is a good one"
            elif list(Path(folder).iterdir()):
                wrong = "Ctrl-C leaves " + ", ".join(path.name for path in Path(folder).iterdir())
            else:
                wrong = None
        for process in members(run.pid):
            os.kill(process, signal.SIGKILL)
        run.wait()
        return wrong


def main(runners):
    """The number of runners that went wrong is the answer."""
    failures = 0
    for runner in runners:
        wrong = interrupt(runner)
        if wrong:
            failures += 1
            print("FAIL %s: %s" % (runner, wrong))
    return failures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
