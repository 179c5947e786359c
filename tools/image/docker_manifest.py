#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the manifest.json with which `docker load` reads an OCI layout's blobs: docker_manifest.py LAYOUT NAME:TAG

All versions of docker and podman know this file, and it says the image's name, as a layout's tag does not (Docker Image
Specification v1.2, "Combined Image JSON + Filesystem Changeset Format").
"""

import json
import pathlib
import sys


def blob(digest):
    """Where a layout keeps what has this digest."""
    algorithm, value = digest.split(":")
    return f"blobs/{algorithm}/{value}"


def main():
    layout, name = pathlib.Path(sys.argv[1]), sys.argv[2]
    index = json.loads((layout / "index.json").read_text(encoding="utf-8"))
    if len(index["manifests"]) != 1:
        sys.exit(f"{layout} has {len(index['manifests'])} images, not one")
    manifest = json.loads((layout / blob(index["manifests"][0]["digest"])).read_text(encoding="utf-8"))
    layers = [blob(layer["digest"]) for layer in manifest["layers"]]
    print(json.dumps([{"Config": blob(manifest["config"]["digest"]), "RepoTags": [name], "Layers": layers}]))


if __name__ == "__main__":
    main()
