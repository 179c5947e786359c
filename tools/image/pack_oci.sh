#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a container image of a root file system: pack_oci.sh ROOT OUTPUT NAME [PATH]. OUTPUT becomes a folder with an
# OCI layout, a tar that `docker load` and `podman load` take as NAME, and SHA256SUMS. What is below PATH in ROOT makes
# a layer of its own. SOURCE_DATE_EPOCH is the time of all of it; the same file system gives the same bytes.
set -euo pipefail
. tools/image/common.sh
[ $# -ge 3 ] || die "usage: pack_oci.sh ROOT OUTPUT NAME [PATH]"
root=$1 output=$2 name=$3 top=${4:-}
[ -d "$root" ] || die "no such folder: $root"
[ -z "$top" ] || [ -d "$root/$top" ] || die "no such folder: $root/$top"
[[ $name =~ ^[a-z0-9]+(-[a-z0-9]+)*$ ]] || die "a container image's name has small letters, digits and -, not $name"
[[ ${SOURCE_DATE_EPOCH:-} =~ ^[0-9]+$ ]] ||
  die "SOURCE_DATE_EPOCH is a number of seconds, not ${SOURCE_DATE_EPOCH:-empty}"
need umoci umoci
need python3 python3
open_work "$output"
date=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
layout=$work/image/layout
mkdir -p "$layout"
rmdir "$layout"

# add_layer COMMENT TAR-ARGUMENT...
add_layer() {
  local comment=$1
  shift
  tar --create --file "$work/layer.tar" --directory "$root" --sort=name --numeric-owner --format=posix \
    --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime \
    "$@"
  umoci raw add-layer --image "$layout:latest" --history.created "$date" --history.created_by "$comment" \
    --history.author "Pip" "$work/layer.tar"
  rm "$work/layer.tar"
}

umoci init --layout "$layout"
umoci new --image "$layout:latest"
if [ -n "$top" ]; then
  step "first layer"
  add_layer "Debian 12 and the tools" --exclude="./$top" .
  step "second layer"
  add_layer "Pip and its first build" "./$top"
else
  add_layer "all of it" .
fi
known=$(grep -s "^$user:" "$root/etc/passwd" || true)
umoci config --image "$layout:latest" --no-history --created "$date" --author Pip --os linux --architecture amd64 \
  ${known:+--config.user "$user" --config.workingdir "$tree" --config.env HOME="$home"} \
  --config.env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --config.env LANG=C.UTF-8 \
  --config.cmd /bin/bash --config.label "org.opencontainers.image.title=$name"
umoci gc --layout "$layout" >"$work/gc.log" 2>&1 || {
  cat "$work/gc.log" >&2
  exit 1
}

# Without the layout's index.json: podman would read that first, and name the image after its tag, `latest`.
step "the tar for docker load"
python3 tools/image/docker_manifest.py "$layout" "$name:latest" >"$work/manifest.json"
tar --create --file "$work/image/$name-docker.tar" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" --directory "$layout" blobs --directory "$work" manifest.json
chmod -R u=rwX,go=rX "$work/image"
appear "$work/image" "$output"
