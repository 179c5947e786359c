#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# debug_test.sh IMAGE, the launcher's: gdb stops it in its first yield, and shows what is known about it from its
# source: a root with one child, whose memory is the root's, whose VIDT names a context at the beginning of its image.
set -uo pipefail
image=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  cat "$work/out" >&2
  echo "FAIL $*" >&2
  exit 1
}
# Ports from 20000 on, another for each test that runs at the same time.
port=$((20000 + $$ % 20000))
run() {
  timeout 600 tools/debug/debug "$PWD" "$image.image" "$port" "$work/serial" -batch "$@" >"$work/out" 2>&1
}
shows() {
  grep -qE -- "$1" "$work/out" || fail "nothing matches $1"
}

run -ex "pip tree"
shows 'there is no root partition yet|cannot be read'

run -ex "break yieldTo" -ex continue -ex "pip tree" -ex "pip maps" -ex "pip vidt" -ex "pip context 0xFFFFEFC0" \
  -ex "pip context 1" -ex "pip maps all" -ex "pip context 0xD0000000" -ex "pip vidt 1" -ex "pip svg $work/tree.svg" \
  -ex "info line main" -ex kill
shows '^Breakpoint 1, yieldTo \(child=.*vector=0'
counts='[0-9]+ pages, [0-9]+ given to children, [0-9]+ held by the kernel'
shows "^root: descriptor in frame 0x[0-9a-f]+, $counts, VCLI, running\$"
shows "^  child at 0x[0-9a-f]{8}: descriptor in frame 0x[0-9a-f]+, $counts"
shows '^0x00700000-0x[0-9a-f]{8} +[0-9]+  rwx$'
shows '^0x[0-9a-f]{8}-0x[0-9a-f]{8} +1  kernel, descriptor of a child$'
shows '^ +0  0x[0-9a-f]{8}  eip 0x007[0-9a-f]{5}$'
shows '^eip +0x00700000$'
shows '0x1 cannot be read in that partition, or is no multiple of 4'
shows '0xd0000000 cannot be read in that partition'
# Of every partition: the child maps its image where its tables say, below its parent.
shows '^    0x00700000-0x[0-9a-f]{8} +[0-9]+  rwx$'
shows 'no partition has its descriptor in frame 0x1'
shows 'Line [0-9]+ of "launcher/launcher.cc" starts at address 0x70'
grep -q '<svg' "$work/tree.svg" || fail "no picture"
grep -q 'child at' "$work/tree.svg" || fail "no child in the picture"
frame=$(sed -nE 's/^  child at .*descriptor in frame (0x[0-9a-f]+),.*/\1/p' "$work/out" | sort -u)

# The child's VIDT by the child's own tables, and its memory: a stack page below the VIDT.
run -ex "break yieldTo" -ex continue -ex "pip vidt $frame" -ex "pip maps $frame" -ex kill
shows '^ +0  0x[0-9a-f]{8}  eip 0x00700000$'
shows '^0xffffe000-0xffffffff +2  rw-$'

# Attached to nobody.
if timeout 20 tools/debug/debug "$PWD" "$image.image" "$port" "" -batch >"$work/out" 2>&1; then
  fail "attached to nobody"
fi
shows "no guest listens at port $port"
echo PASS
