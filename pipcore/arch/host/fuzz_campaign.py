#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the fuzzer of the services from the corpus for so many seconds.

usage: fuzz_campaign.py FUZZER CORPUS SECONDS [--keep FILE]

CORPUS has one script a line, in hexadecimal.  A script that breaks something is printed as such a line: put into the
corpus, it is a test.  --keep writes a new corpus: the smallest scripts that together reach all that was reached.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

OPTIONS = ["-max_len=512", "-len_control=0", "-print_final_stats=1", "-verbosity=1"]


def unpack(corpus, folder):
    """A file for each script, as libFuzzer reads them; how many."""
    scripts = corpus.read_text(encoding="ascii").split()
    for number, script in enumerate(scripts):
        (folder / f"{number:04}").write_bytes(bytes.fromhex(script))
    return len(scripts)


def keep(fuzzer, folders, file):
    """Writes the corpus that reaches what the scripts in these folders reach."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([fuzzer, directory, *folders, "-merge=1", "-use_counters=0", *OPTIONS], check=True)
        scripts = sorted((path.read_bytes() for path in pathlib.Path(directory).iterdir()), key=lambda s: (len(s), s))
    file.write_text("".join(script.hex() + "\n" for script in scripts if script), encoding="ascii")
    print(f"{len(scripts)} scripts kept")


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("fuzzer")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("seconds", type=int)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    fuzzer = str(pathlib.Path(options.fuzzer).absolute())
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        given, new, broken = place / "given", place / "new", place / "broken"
        for folder in (given, new, broken):
            folder.mkdir()
        scripts = unpack(options.corpus, given)
        run = subprocess.run([fuzzer, new, given, f"-max_total_time={options.seconds}", f"-artifact_prefix={broken}/",
                              *OPTIONS], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
        for path in sorted(broken.iterdir()):
            print(run.stdout[-6000:])
            print(f"this script breaks something ({path.name.split('-')[0]}): {path.read_bytes().hex()}")
        executed = re.search(r"stat::number_of_executed_units: *(\d+)", run.stdout)
        coverage = re.findall(r"cov: (\d+)", run.stdout)
        if run.returncode != 0 or not executed or not coverage:
            print(run.stdout[-2000:])
            sys.exit(f"the fuzzer ended with {run.returncode}")
        if int(executed.group(1)) < scripts:
            sys.exit(f"only {executed.group(1)} scripts were run; the corpus has {scripts}")
        print(f"{executed.group(1)} scripts, {coverage[0]} to {coverage[-1]} edges, "
              f"{len(list(new.iterdir()))} new scripts")
        if options.keep:
            keep(fuzzer, [given, new], options.keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
