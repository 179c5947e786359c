#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots a virtual machine's disk in QEMU, logs in on its serial port, and runs the launcher: machine_test.py DISK

The disk is not changed. Without KVM it takes minutes: each step has a quarter of an hour.
"""

import re
import subprocess
import sys
import threading
import time

PATIENCE = 900


class Console:
    """The serial port of a machine: what it has said, and what is said to it."""

    def __init__(self, process):
        self.process = process
        self.text = ""
        self.changed = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        """Keeps what the machine says, until it is off."""
        while data := self.process.stdout.read1():
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
            with self.changed:
                self.text += data.decode(errors="replace")
                self.changed.notify()
        with self.changed:
            self.text += "\nthe machine is off\n"
            self.changed.notify()

    def expect(self, pattern):
        """Waits until what was said since the last wait matches."""
        end = time.monotonic() + PATIENCE
        with self.changed:
            while not (found := re.search(pattern, self.text)):
                if "the machine is off" in self.text or not self.changed.wait(end - time.monotonic()):
                    sys.exit(f"\nFAIL virtual machine: no {pattern!r}")
            self.text = self.text[found.end():]
        return found

    def say(self, line):
        """Types a line."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()


def main():
    started = time.monotonic()
    command = [
        "qemu-system-x86_64", "-accel", "tcg", "-m", "2G", "-smp", "2", "-display", "none", "-monitor", "none",
        "-serial", "stdio", "-net", "none", "-no-reboot", "-snapshot",
        "-drive", f"file={sys.argv[1]},if=none,id=disk,format=qcow2",
        "-device", "ahci,id=sata", "-device", "ide-hd,drive=disk,bus=sata.0",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            console = Console(process)
            console.expect(r"login: ")
            login = time.monotonic() - started
            console.say("pip")
            console.expect(r"Password: ")
            console.say("pip")
            console.expect(r"\$ ")
            # The shell shows what is typed: the marks are not in it.
            console.say("launcher; echo status=$((1000 + $?))")
            console.expect(r"PASS launcher[^\n]*")
            console.expect(r"status=1000")
            launcher = time.monotonic() - started
            console.say("for word in demo ./pip; do command -v $word >&2 && echo found=$((1 + 1)); done")
            console.expect(r"found=2")
            console.expect(r"found=2")
            console.say("sudo poweroff")
            console.expect(r"the machine is off")
        finally:
            process.kill()
    print(f"\nlogin after {login:.0f} s, the launcher's end after {launcher:.0f} s")
    print("PASS virtual machine")


if __name__ == "__main__":
    main()
