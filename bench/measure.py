#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots the benchmark partition twice and prints what each service costs beside its budget.

The first run counts instructions (QEMU's -icount).  The second traces the kernel's instructions that write CR0 and CR3
or invalidate a page: each is a block of its own there, so that QEMU's log has a line for each execution.

measure.py MANIFEST ROOT_ELF QEMU [--tsv FILE]; the manifest is a pip_image's, whose architecture decides.
Exit status 0 when both runs passed; budgets are shown, never judged.
"""

import argparse
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

# Of each architecture: kinds of instruction that cost much more time than one count says, first those that change the
# address space; bytes between the rows of bench_marks in stopwatch.S; what the names of binutils begin with; options of
# QEMU beside the image, with which the counter counts instructions.
ARCHITECTURES = {
    "x86": {
        "expensive": {
            "CR3": re.compile(r"\bmov\s+%e..,%cr3"),
            "invlpg": re.compile(r"\binvlpg\b"),
            "CR0": re.compile(r"\bmov\s+%e..,%cr0"),
        },
        "mark_bytes": 1,
        "binutils": "",
        "qemu": ["-m", "64M", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"],
    },
    "armv7": {
        "expensive": {
            "TTBR0": re.compile(r"\bmcr\s+15, 0, \w+, cr2, cr0, \{0\}"),
            "TLBI": re.compile(r"\bmcr\s+15, 0, \w+, cr8, cr7, \{[012]\}"),
            "SCTLR": re.compile(r"\bmcr\s+15, 0, \w+, cr1, cr0, \{0\}"),
        },
        "mark_bytes": 4,
        "binutils": "arm-none-eabi-",
        "qemu": ["-m", "1G", "-machine", "raspi2b", "-semihosting-config", "enable=on,target=native",
                 "-global", "cortex-a7-arm-cpu.cntfrq=1000000000"],
    },
}
MARKS = 32  # rows of bench_marks
SECONDS = 240


def fail(text):
    print(f"bench: {text}", file=sys.stderr)
    sys.exit(2)


def binutils(program, *arguments):
    """What a program of binutils prints."""
    if shutil.which(program) is None:
        fail(f"{program} is missing: install the Debian package binutils (./pip setup does it)")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def read_manifest(path):
    """The architecture, the kernel's file, and QEMU's options for it and its modules, from a pip_image's manifest."""
    arch, kernel, modules, packed = None, None, [], None
    for line in path.read_text().splitlines():
        kind, file, text = line.split("\t")
        if kind == "arch":
            arch = file
        elif kind == "kernel":
            kernel = pathlib.Path(file).resolve()
        elif kind == "packed":
            packed = pathlib.Path(file).resolve()
        elif kind in ("root", "module"):
            modules.append((pathlib.Path(file).resolve(), text))
    if kernel is None or not modules:
        fail(f"{path} names no kernel or no root partition")
    if arch not in ARCHITECTURES:
        fail(f"{path}: unknown architecture {arch}")
    if packed:
        return ARCHITECTURES[arch], kernel, ["-bios", str(packed)]
    return ARCHITECTURES[arch], kernel, [
        "-kernel", str(kernel), "-initrd", ",".join(f"{file} {text}".strip() for file, text in modules)]


def boot(qemu, arch, image, options):
    """What the guest printed.  Ends the program unless its last line is PASS."""
    command = [qemu, "-accel", "tcg", "-display", "none", "-monitor", "none", "-net", "none", "-no-reboot",
               "-serial", "stdio", *arch["qemu"], *image, *options]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        fail(f"the machine was still running after {SECONDS} s")
    lines = run.stdout.decode(errors="replace").replace("\r", "").splitlines()
    last = lines[-1] if lines else "nothing"
    if run.returncode != 0 or not last.startswith("PASS"):
        fail(f"the run ended with status {run.returncode}, its last line: {last} {run.stderr.decode(errors='replace')}")
    return lines


def read_rows(lines):
    """The guest's table, number -> [name, samples, median, minimum, budget]; and what its counter counts."""
    rows = {}
    unit = None
    for line in lines:
        fields = line.split("\t")
        if fields[0] == "bench-unit":
            unit = fields[1]
        elif fields[0] == "bench":
            rows[int(fields[1])] = [fields[2], *map(int, fields[3:])]
    if not rows or unit is None:
        fail("the guest printed no table")
    return rows, unit


def symbols(arch, elf):
    text = binutils(arch["binutils"] + "nm", elf)
    return {name: int(address, 16) for address, _, name in map(str.split, text.splitlines()) if len(address) == 8}


def expensive_addresses(arch, kernel):
    """Address -> kind, of the instructions that count little and cost much."""
    text = binutils(arch["binutils"] + "objdump", "-d", "--no-show-raw-insn", kernel)
    found = {}
    for line in text.splitlines():
        address, _, instruction = line.strip().partition(":")
        for kind, pattern in arch["expensive"].items():
            if re.fullmatch("[0-9a-f]+", address) and pattern.search(instruction):
                found[int(address, 16)] = kind
    return found


def count_expensive(qemu, arch, kernel, image, elf):
    """(row, kind) -> executions in a measurement (median), for rows that were marked; of the last kind, since the first
    mark."""
    where = symbols(arch, elf)
    kinds, step = list(arch["expensive"]), arch["mark_bytes"]
    start, stop, marks = where["bench_start"], where["bench_stop"], where["bench_marks"]
    watched = expensive_addresses(arch, kernel)
    ranges = [f"{address:#x}+1" for address in [*watched, start, stop]] + [f"{marks:#x}+{MARKS * step}"]
    samples, last_kind = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace"
        boot(qemu, arch, image,
             ["-singlestep", "-d", "exec,nochain", "-D", str(trace), "-dfilter", ",".join(ranges)])
        row, started, counts, any_mark = None, False, {}, False
        with trace.open(encoding="ascii", errors="replace") as log:
            for line in log:
                match = re.match(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/", line)
                address = int(match.group(1), 16) if match else None
                if address is None:
                    continue
                if marks <= address < marks + MARKS * step:
                    row, started, any_mark = (address - marks) // step, False, True
                elif address == start:
                    counts, started = dict.fromkeys(kinds, 0), row is not None
                elif address == stop and started:
                    for kind, count in counts.items():
                        samples.setdefault((row, kind), []).append(count)
                    row, started = None, False
                elif address in watched:
                    counts[watched[address]] = counts.get(watched[address], 0) + 1
                    last_kind += any_mark and watched[address] == kinds[-1]
    return {key: statistics.median_low(values) for key, values in samples.items()}, last_kind


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=pathlib.Path)
    parser.add_argument("elf", type=pathlib.Path)
    parser.add_argument("qemu")
    parser.add_argument("--tsv", type=pathlib.Path, help="write the table there as well, tab-separated")
    options = parser.parse_args()
    arch, kernel, image = read_manifest(options.manifest)

    rows, unit = read_rows(boot(options.qemu, arch, image, ["-icount", "shift=0,align=off,sleep=off"]))
    if unit != "instructions":
        fail("the guest's counter does not count instructions: is this QEMU older than 7.2?")
    counts, last_kind = count_expensive(options.qemu, arch, kernel, image, options.elf)

    *kinds, last = arch["expensive"]
    header = ["service", "instructions", "least", "budget", "of budget", *kinds]
    table = []
    for number, (name, _, median, least, budget) in sorted(rows.items()):
        row = [name, str(median), str(least), str(budget) if budget else "-",
               f"{100 * median / budget:.0f} %" if budget else "-"]
        table.append(row + [str(counts.get((number, kind), "-")) for kind in kinds])
    widths = [max(len(row[column]) for row in [header, *table]) for column in range(len(header))]
    for row in [header, *table]:
        print("  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]))
    print(f"\nGuest instructions (median of the samples, and the least); writes of {kinds[0]} and invalidations "
          f"per call.\n{last} writes since the first measurement: {last_kind} (budget: 0)")
    if options.tsv:
        lines = ["\t".join(row) for row in [header, *table]] + [f"{last} writes\t{last_kind}"]
        try:
            options.tsv.write_text("\n".join(lines) + "\n")
        except OSError as error:
            fail(f"{options.tsv} cannot be written: {error.strerror}")


if __name__ == "__main__":
    main()
