#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server for Bazel's remote execution, to try it on one machine: worker.sh PORT [FOLDER]. It is Bazel's own
# example of a worker, which Debian's bazel-bootstrap-source holds as source; it runs actions as its user, asks nobody
# who he is, and listens on every network of the machine: not for a machine that others reach. It keeps results in
# FOLDER, which may be a disk cache of Bazel's, else in one that goes with it. It runs until it is told to end.
set -euo pipefail
die() {
  printf 'worker: %s\n' "$*" >&2
  exit 2
}
if [ $# -lt 1 ] || [ $# -gt 2 ] || ! [[ $1 =~ ^[1-9][0-9]{0,4}$ ]]; then die "usage: worker.sh PORT [FOLDER]"; fi
[ -d "${2:-.}" ] || die "no such folder: $2"
sources=/usr/src/bazel-bootstrap/src/tools/remote/src/main/java
[ -d "$sources" ] || die "$sources is missing: install the Debian package bazel-bootstrap-source (./pip setup does it)"
command -v javac >/dev/null ||
  die "javac is missing: install the Debian package default-jdk-headless (./pip setup does it)"
# Bazel's own classes, of which the worker is made.
bazel=/usr/share/bazel/A-server.jar
[ -f "$bazel" ] || die "$bazel is missing: install the Debian package bazel-bootstrap-data (./pip setup does it)"
work=$(mktemp -d)
server=
# shellcheck disable=SC2317 # called by the traps
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" || true
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 0' INT TERM
mkdir "$work/classes" "$work/actions" "$work/results"
find "$sources" -name '*.java' -print0 |
  xargs -0 javac -nowarn -Xlint:none -proc:none -cp "$bazel" -d "$work/classes" 2>"$work/javac.log" || {
  cat "$work/javac.log" >&2
  die "the worker cannot be compiled"
}
java -Xmx1g -cp "$work/classes:$bazel" com.google.devtools.build.remote.worker.RemoteWorker \
  --work_path="$work/actions" --cas_path="$(realpath "${2:-$work/results}")" --listen_port="$1" &
server=$!
wait "$server"
