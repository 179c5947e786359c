#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# debug_test.sh IMAGE IMAGE_ARMV7 LONG, the launcher's, and one that runs for long: gdb stops the launcher in its first
# yield, and shows what is known about it from its source: a root with one child, whose memory is the root's, whose VIDT
# names a context at the beginning of its image. What ./pip inspect shows is the same.
set -uo pipefail
image=$1 image_armv7=$2 long=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# gdb wants one.
export HOME=$work
fail() {
  cat "$work/out" >&2
  echo "FAIL $*" >&2
  exit 1
}
# In a sandbox, tests that run at the same time have the same numbers of processes, but share the ports.
port=$(bash tools/remote/free_port.sh)
run() {
  timeout 600 tools/debug/debug "$PWD" "$image.image" "$port" "$work/serial" -batch "$@" >"$work/out" 2>&1
}
shows() {
  grep -qE -- "$1" "$work/out" || fail "nothing matches $1"
}

run -ex "pip tree" -ex "kill" -ex "pip tree"
shows 'there is no root partition yet|cannot be read'
shows '^the machine is gone'

# Inside createPartition the child's descriptor is not the kernel's yet, but a page as the root left it.
counts='[0-9]+ pages, [0-9]+ given to children, [0-9]+ held by the kernel'
run -ex "break createPartition" -ex continue -ex "tbreak format_shadow1" -ex continue -ex "pip tree" \
  -ex "pip maps all" -ex kill
shows '^Temporary breakpoint 2'
shows "^root: descriptor in frame 0x[0-9a-f]+, $counts, VCLI, running\$"
same=$(grep -cE '^  child at 0x[0-9a-f]{8}: descriptor in frame 0x[0-9a-f]+, being made: createPartition' "$work/out")
[ "$same" -eq 2 ] || fail "the child that is being made is shown $same times, not twice"
if grep -qE '^ {4}' "$work/out"; then fail "something below a child that is being made"; fi

# Files are seen from where the user stands, sources from the top of the tree.
mkdir -p "$work/tree/launcher" "$work/user"
yes 'a line of the tree' | head -n 500 >"$work/tree/launcher/launcher.cc"
tool=$PWD/tools/debug/debug
PIP_CALLED_FROM=$work/user BUILD_WORKSPACE_DIRECTORY=$work/tree timeout 600 "$tool" "$PWD" "$image.image" "$port" \
  "$work/serial" -batch -ex "break yieldTo" -ex continue -ex "list main" \
  -ex "pip svg here.svg" -ex "pip svg no/here.svg" -ex "pip context 0xFFFFEFC0 1 2" -ex kill >"$work/out" 2>&1
shows 'a line of the tree'
shows '^no/here.svg cannot be written: No such file or directory$'
shows '^which context. pip context ADDRESS'
grep -q '<svg' "$work/user/here.svg" || fail "pip svg does not write where the user stands"

run -ex "break yieldTo" -ex continue -ex "pip tree" -ex "pip maps" -ex "pip vidt" -ex "pip context 0xFFFFEFC0" \
  -ex "pip context 1" -ex "pip maps all" -ex "pip context 0xD0000000" -ex "pip vidt 1" -ex "pip svg $work/tree.svg" \
  -ex "pip maps nonsense" \
  -ex "info line main" -ex kill
shows '^Breakpoint 1, yieldTo \(child=.*vector=0'
shows "^root: descriptor in frame 0x[0-9a-f]+, $counts, VCLI, running\$"
shows "^  child at 0x[0-9a-f]{8}: descriptor in frame 0x[0-9a-f]+, $counts"
shows '^0x00700000-0x[0-9a-f]{8} +[0-9]+  rwx$'
shows '^0x[0-9a-f]{8}-0x[0-9a-f]{8} +1  kernel, descriptor of a child$'
shows '^ +0-31  0x[0-9a-f]{8}  eip 0x007[0-9a-f]{5}$'
shows '^eip +0x00700000$'
shows '0x1 cannot be read in that partition, or is no multiple of 4'
shows '0xd0000000 cannot be read in that partition'
# Of every partition: the child maps its image where its tables say, below its parent.
shows '^    0x00700000-0x[0-9a-f]{8} +[0-9]+  rwx$'
shows 'no partition has its descriptor in frame 0x1'
shows '^nonsense is no number: '
shows 'Line [0-9]+ of "launcher/launcher.cc" starts at address 0x70'
grep -q '<svg' "$work/tree.svg" || fail "no picture"
grep -q 'child at' "$work/tree.svg" || fail "no child in the picture"
# 900 for each line, however deep, here twice 30 to the right, and a margin of 20 on both sides.
grep -q 'viewBox="0 0 1000 ' "$work/tree.svg" || fail "the picture is not as wide as its deepest line needs"
frame=$(sed -nE 's/^  child at .*descriptor in frame (0x[0-9a-f]+),.*/\1/p' "$work/out" | sort -u)
place=$(sed -nE 's/^  child at (0x[0-9a-f]+): .*/\1/p' "$work/out" | sort -u)

# The child's VIDT by the child's own tables, and its memory: a stack page below the VIDT.
run -ex "break yieldTo" -ex continue -ex "pip vidt $frame" -ex "pip maps $frame" \
  -ex "pip maps $place" -ex kill
shows '^ +0(-[0-9]+)?  0x[0-9a-f]{8}  eip 0x00700000$'
shows '^0xffffe000-0xffffffff +2  rw-$'
same=$(grep -cE '^0xffffe000-0xffffffff +2  rw-$' "$work/out")
[ "$same" -eq 2 ] || fail "the child by its frame and by its address is shown $same times, not twice"

# inspect IMAGE AT SVG PORT SERIAL: as ./pip inspect does.
inspect() {
  PIP_INSPECT_AT=$2 PIP_INSPECT_SVG=$3 timeout 100 tools/debug/debug "$PWD" "$1.image" "$4" "$5" inspect \
    >"$work/out" 2>&1
}
# one_line_and_2 STATUS NAME: how a user's mistake ends.
one_line_and_2() {
  [ "$1 $(wc -l <"$work/out")" = "2 1" ] || fail "$2: not one line and status 2, but $1"
}
# until_said TEXT FILE: waits for the guest to say it.
until_said() {
  for _ in {1..600}; do
    if grep -q "$1" "$2"; then break; fi
    sleep 0.2
  done
}
# The picture and nothing else: two partitions, then their ranges.
inspect "$image" yieldTo "$work/other.svg" "$port" /dev/null || fail "not inspected"
head -n 1 "$work/out" | grep -q '^root: descriptor in frame ' || fail "something before the picture"
same=$(grep -cE '^ *(root|child at 0x[0-9a-f]{8}): descriptor in frame ' "$work/out")
[ "$same" -eq 4 ] || fail "$same lines about partitions, not 4"
cmp -s "$work/tree.svg" "$work/other.svg" || fail "another picture than gdb's"
inspect "$image" no_such_function "" "$port" /dev/null
one_line_and_2 $? "a function that is none"
shows '^pip: .* has a function no_such_function$'
inspect "$image" pip::exit_fail "" "$port" /dev/null
one_line_and_2 $? "a function that is never reached"
shows 'the machine has stopped before it came to pip::exit_fail'
# Ctrl-C before it comes there is no picture of another place. As at a terminal, it goes to gdb and to all others.
set -m
PIP_INSPECT_AT=pip::exit_fail PIP_INSPECT_SVG='' timeout --foreground 500 \
  tools/debug/debug "$PWD" "$long.image" "$port" "$work/serial" inspect >"$work/out" 2>&1 &
inspector=$!
set +m
until_said 'depth 0' "$work/serial"
kill -INT -- "-$inspector"
wait "$inspector"
status=$?
[ "$status" -eq 130 ] || fail "Ctrl-C: not status 130, but $status"
shows '^pip: interrupted before the machine came to pip::exit_fail$'
if grep -q descriptor "$work/out"; then fail "Ctrl-C: a picture of another place"; fi

# ARMv7: other tables, links and registers; user mode, whose own tables do not show the kernel's memory, as well.
inspect "$image_armv7" yieldTo "$work/armv7.svg" "$port" /dev/null || fail "not inspected on ARMv7"
shows "^root: descriptor in frame 0x[0-9a-f]+, $counts, VCLI, running\$"
shows "^  child at 0x[0-9a-f]{8}: descriptor in frame 0x[0-9a-f]+, $counts"
shows '^  0x3f000000-0x3f400fff    1025  rw-$'
shows '^    0x00700000-0x[0-9a-f]{8} +[0-9]+  rwx$'
grep -q 'child at' "$work/armv7.svg" || fail "no child in the picture"
timeout 100 tools/debug/debug "$PWD" "$image_armv7.image" "$port" /dev/null -batch -ex "break yieldTo" -ex continue \
  -ex "pip vidt" -ex "pip context 1" -ex "info line main" -ex kill >"$work/out" 2>&1
shows '^ +0-31  0x[0-9a-f]{8}  pc 0x007[0-9a-f]{5}$'
shows '^ +60  0x[0-9a-f]{8}  pc 0x'
shows '0x1 cannot be read in that partition, or is no multiple of 4'
shows 'Line [0-9]+ of "launcher/launcher.cc" starts at address 0x70'

# A guest that runs, twice: it goes on in between.
tools/bazel/emulator/qemu "$long.image" --seconds 500 --qemu-option -gdb --qemu-option "tcp:127.0.0.1:$port" \
  >"$work/guest" 2>&1 &
guest=$!
until_said 'depth 0' "$work/guest"
for round in 1 2; do
  inspect "$long" "" "" "$port" "" || fail "a running guest is not inspected"
  head -n 1 "$work/out" | grep -q '^root: descriptor in frame ' || fail "round $round: no root"
done
before=$(wc -l <"$work/guest")
for _ in {1..600}; do
  if [ "$(wc -l <"$work/guest")" -gt "$before" ]; then break; fi
  sleep 0.2
done
[ "$(wc -l <"$work/guest")" -gt "$before" ] || fail "the guest does not go on"
pkill -P "$guest"
wait "$guest"

# Attached to nobody.
if timeout 20 tools/debug/debug "$PWD" "$image.image" "$port" "" -batch >"$work/out" 2>&1; then
  fail "attached to nobody"
fi
shows "no guest listens at port $port"
echo PASS
