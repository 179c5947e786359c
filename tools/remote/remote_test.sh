#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What docs/distributed-checking.md says: a machine that has nothing takes a proof from the cache server, and a worker
# checks one for a machine that does not. It builds in the repository itself, with Bazels of its own; by night.
set -uo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.." || exit 1
work=$(mktemp -d)
servers=()
# shellcheck disable=SC2317 # called by the trap
clean() {
  local base
  for base in "$work"/*/; do
    [ ! -d "$base/server" ] || bazel --output_user_root="$work/user" --output_base="$base" shutdown
  done
  [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null
  wait
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap clean EXIT
fail() {
  echo "FAIL $*"
  exit 1
}
# listening PORT: waits until somebody does.
listening() {
  local try
  for ((try = 0; try < 600; try++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.5
  done
  fail "nobody listens on port $1"
}
# machine NAME COMMAND OPTION...: what a machine prints that has built nothing.
machine() {
  bazel --output_user_root="$work/user" --output_base="$work/$1" "$2" --disk_cache= --curses=no --color=no "${@:3}" \
    >"$work/$1.log" 2>&1 || {
    tail -n 40 "$work/$1.log"
    fail "$1"
  }
  grep -E '^INFO: [0-9]+ process' "$work/$1.log" | sed "s/^INFO/$1/"
}
# counted NAME KIND: how many of these processes there were.
counted() {
  sed -n "s/^INFO: [0-9]* process.*[ :]\\([0-9]*\\) $2[,.].*/\\1/p" "$work/$1.log" | grep . || echo 0
}
proof=//pipcore/model/...
mkdir "$work/cache"
cache_port=$(bash tools/remote/free_port.sh)
./pip cache-server --port "$cache_port" "$work/cache" >"$work/cache.log" 2>&1 &
servers+=($!)
listening "$cache_port"
machine first build --remote_cache="http://127.0.0.1:$cache_port" "$proof"
checked=$(counted first linux-sandbox)
[ "$checked" -gt 0 ] || fail "the first machine checked nothing"
machine second build --remote_cache="http://127.0.0.1:$cache_port" "$proof"
[ "$(counted second 'remote cache hit')" -eq "$checked" ] || fail "the second machine did not take $checked results"
[ "$(counted second linux-sandbox)" -eq 0 ] || fail "the second machine checked something again"
# What is in the cache is what a disk cache has.
bazel --output_user_root="$work/user" --output_base="$work/third" build --disk_cache="$work/cache" --curses=no \
  --color=no "$proof" >"$work/third.log" 2>&1 || fail "the third machine"
[ "$(counted third 'remote cache hit')" -eq "$checked" ] || fail "the cache's folder is no disk cache"

worker_port=$(bash tools/remote/free_port.sh)
bash tools/remote/worker.sh "$worker_port" >"$work/worker.log" 2>&1 &
servers+=($!)
listening "$worker_port"
machine fourth build --remote_executor="grpc://127.0.0.1:$worker_port" "$proof"
[ "$(counted fourth remote)" -eq "$checked" ] || fail "the worker did not check $checked proofs"
[ "$(counted fourth linux-sandbox)" -eq 0 ] || fail "something was checked here"
echo "PASS remote"
