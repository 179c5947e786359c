#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tells whether two images are the same bytes, and if not, which of their files differ: compare.py ONE OTHER

Both are CDs, or folders that `./pip image` has made. The exit status is 0 if they are the same, 1 if not, 2 for a
mistake.
"""

import filecmp
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

SHOWN = 40


def complain(text):
    """Ends with a message, as a mistake."""
    print(f"pip image: {text}", file=sys.stderr)
    sys.exit(2)


def run(*command):
    """A program that must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        complain(f"{command[0]} failed: {done.stdout.strip()}")
    return done.stdout


def differences(one, other):
    """Of two tables from path to what is there, a line for each path where they differ."""
    for path in sorted(one.keys() | other.keys()):
        if path not in one or path not in other:
            yield f"{path}: only in the {'second' if path not in one else 'first'}"
        elif one[path] != other[path]:
            parts = [key for key in one[path] if one[path][key] != other[path].get(key)]
            yield f"{path}: {', '.join(parts) or 'kind'}"


def members(layer):
    """What a layer has: for each path its kind, owner, time, content."""
    table = {}
    with tarfile.open(layer, "r|*") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            table[member.name] = {
                "kind": member.type,
                "mode": member.mode,
                "owner": (member.uid, member.gid),
                "time": member.mtime,
                "target": member.linkname,
                "content": hashlib.file_digest(content, "sha256").digest() if content else b"",
            }
    return table


def layers(folder):
    """The files with the layers of a container image."""
    def blob(digest):
        return folder / "layout" / "blobs" / digest.replace(":", "/")

    index = json.loads((folder / "layout" / "index.json").read_text(encoding="utf-8"))
    manifest = json.loads(blob(index["manifests"][0]["digest"]).read_text(encoding="utf-8"))
    return [blob(layer["digest"]) for layer in manifest["layers"]]


def containers(one, other):
    """Lines about the layers that differ, and their files."""
    if len(layers(one)) != len(layers(other)):
        yield "the number of layers"
    for number, (first, second) in enumerate(zip(layers(one), layers(other)), 1):
        if first.name != second.name:
            found = list(differences(members(first), members(second)))
            yield from (f"layer {number}: {line}" for line in found or ["the order of its files"])


def files_of_disk(folder, work):
    """What the file system on a machine's disk has; it is copied to the folder `work`, and removed again."""
    disk, = folder.glob("*.qcow2")
    raw, copy = work / "disk.raw", work / "files"
    run("qemu-img", "convert", "-O", "raw", str(disk), str(raw))
    copy.mkdir()
    table = {}
    # The partition begins at the second mebibyte (pack_vm.sh).
    run("debugfs", "-R", f"rdump / {copy}", f"{raw}?offset={1 << 20}")
    for path in copy.rglob("*"):
        entry = {"kind": path.lstat().st_mode, "time": int(path.lstat().st_mtime)}
        entry["owner"] = (path.lstat().st_uid, path.lstat().st_gid)
        if path.is_symlink():
            entry["target"] = str(path.readlink())
        elif path.is_file():
            with path.open("rb") as file:
                entry["content"] = hashlib.file_digest(file, "sha256").digest()
        table[str(path.relative_to(copy))] = entry
    raw.unlink()
    shutil.rmtree(copy)
    return table


def machines(one, other):
    """Lines about the files of a machine that differ."""
    with tempfile.TemporaryDirectory(dir=one.parent, suffix=".part") as work:
        found = list(differences(*(files_of_disk(folder, pathlib.Path(work)) for folder in (one, other))))
    yield from found or ["where files lie on the disk, or its boot loader"]


def sums(folder):
    """A folder's checksums, which are right."""
    run("sh", "-c", 'cd "$1" && sha256sum --check --quiet SHA256SUMS', "sh", str(folder))
    return (folder / "SHA256SUMS").read_text(encoding="utf-8")


def main():
    if len(sys.argv) != 3:
        complain("compare takes two images that were made before, files or folders")
    one, other = (pathlib.Path(argument) for argument in sys.argv[1:])
    for image in (one, other):
        if not image.exists():
            complain(f"no such image: {image}")
        if image.is_dir() and not (image / "SHA256SUMS").is_file():
            complain(f"{image} has no SHA256SUMS: it is no container and no machine that ./pip image has made")
    if one.is_file() and other.is_file():
        found = [] if filecmp.cmp(one, other, shallow=False) else ["their bytes"]
    elif one.is_file() or other.is_file():
        complain("a file and a folder cannot be compared")
    elif sums(one) == sums(other):
        found = []
    elif all((image / "layout").is_dir() for image in (one, other)):
        found = list(containers(one, other)) or ["the image's description"]
    elif all(list(image.glob("*.qcow2")) for image in (one, other)):
        found = list(machines(one, other))
    else:
        complain("a container and a machine cannot be compared")
    for line in found[:SHOWN]:
        print(line)
    if len(found) > SHOWN:
        print(f"and {len(found) - SHOWN} more")
    print("they differ" if found else "the same bytes")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
