#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does the workflow do what .ci/run and the README say? workflow.py WORKFLOW CI_RUN README BAZELRC

Prints what is wrong, and the commands of the workflow's steps; the exit status is 1 if anything is.
"""

import pathlib
import re
import sys

import yaml

SYSTEM = "debian:12"
# Where Bazel looks for ~ in a container of the forge: that is root's folder in /etc/passwd. HOME is another one there,
# /github/home, and the cache's keeper would look in that.
HOME = "/root"
NIGHTLY = "./pip test --nightly //... -//tools/image/..."


def steps_of(job):
    """The commands of a job's steps."""
    return [step["run"].strip() for step in job["steps"] if "run" in step]


def before_cache(job):
    """The commands before the cache is first asked for."""
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/cache"):
            return
        if "run" in step:
            yield step["run"].strip()


def problems_in(workflow, ci_run, readme, bazelrc):
    """What the four texts do not agree on."""
    jobs = yaml.safe_load(workflow)["jobs"]
    commands = re.findall(r"(?:exec|&&)\s+(\./pip .*)$", ci_run, re.M)
    if commands != ["./pip test"]:
        yield f".ci/run runs {commands}, not ./pip test alone"
    if not re.search(r"^\./pip test +# every test", readme, re.M):
        yield "README.md does not say that ./pip test is every test"
    caches = [re.sub("^~/", f"{HOME}/", folder) for folder in re.findall(r"^build --disk_cache=(\S+)$", bazelrc, re.M)]
    for name, job in jobs.items():
        if job.get("container") != SYSTEM:
            yield f"job {name} runs in {job.get('container')}, not {SYSTEM}"
        paths = {step["with"]["path"] for step in job["steps"] if step.get("uses", "").startswith("actions/cache")}
        if paths != set(caches):
            yield f"job {name} keeps {sorted(paths)} between runs; Bazel's results are in {caches}"
        if not any("apt-get install" in command and "zstd" in command.split() for command in before_cache(job)):
            yield f"job {name} does not install zstd before it asks for the cache, which is found only by its packer"
        forgiving = {"if", "continue-on-error"}
        conditions = [step["name"] for step in job["steps"] if "run" in step and step.keys() & forgiving]
        if conditions:
            yield f"job {name} may leave out, or forgive, {conditions}"
    tests = steps_of(jobs["test"])
    if tests[-1] != ".ci/run" or any("./pip" in command for command in tests):
        yield f"job test ends with {tests[-1]}, not with .ci/run alone"
    if jobs["test"].keys() & {"if", "continue-on-error", "needs"}:
        yield "job test does not always run, or does not count"
    if steps_of(jobs["nightly"])[-1] != NIGHTLY:
        yield f"job nightly ends with {steps_of(jobs['nightly'])[-1]}, not with {NIGHTLY}"


def main():
    texts = [pathlib.Path(path).read_text(encoding="utf-8") for path in sys.argv[1:5]]
    problems = list(problems_in(*texts))
    for problem in problems:
        print(problem)
    for job in yaml.safe_load(texts[0])["jobs"].values():
        for command in steps_of(job):
            print("  " + command)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
