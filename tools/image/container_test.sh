#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the container image, unpacks it as a container engine would, and uses it without any network: the launcher
# runs, the theorems are checked, the demo shows. With a folder that `./pip image oci` has made it uses that one. Root
# only; by night, for it takes half an hour and 40 GB.
# shellcheck source=tools/image/made.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/made.sh"
. tools/image/system.sh
made oci "$@"
skopeo inspect "docker-archive:$image/pip-docker.tar" >"$work/inspected" || fail "docker could not load the tar"
umoci unpack --image "$image/layout:latest" "$work/bundle" || fail "the layout cannot be unpacked"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH offline=yes

# runs TEXT COMMAND: in the container, without network; shows the end of what it says.
runs() {
  local text=$1 started=$SECONDS
  as_pip "$work/bundle/rootfs" "$2" >"$work/output" 2>&1 || {
    tail -n 60 "$work/output"
    fail "$2"
  }
  grep -q -- "$text" "$work/output" || fail "$2 does not say $text: $(tail -n 20 "$work/output")"
  echo "$2: $((SECONDS - started)) s: $(grep -- "$text" "$work/output" | tail -n 1)"
}
runs '^PASS launcher' launcher
runs '^PASS launcher' './pip run launcher'
runs '^All theorems hold' './pip verify --quick'
if grep -E 'Executed [1-9][0-9]* out of' "$work/output"; then fail "it was not warm: proofs were checked"; fi
runs '^PASS ' demo
runs '^nothing to commit' 'git status'
echo "PASS container"
