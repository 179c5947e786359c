#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The kernel image for an SD card is what QEMU boots, the same bytes each time: sd_test.sh IMAGE
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for copy in one two; do
  tools/image/sd "$work/$copy" "$PWD" "$1.image" || exit 1
done
cmp "$work/one/kernel7.img" "$work/two/kernel7.img" || exit 1
grep -qx 'kernel=kernel7.img' "$work/one/config.txt" || exit 1
# Again to the same place; but not over what is another's, nor half where there is no room.
refused() {
  local text=$1 output status
  shift
  output=$("$@" 2>&1)
  status=$?
  if [ "$status" -ne 2 ] || [ "$(wc -l <<<"$output")" -ne 1 ] || ! grep -qF -- "$text" <<<"$output"; then
    echo "FAIL $*: expected status 2 and one line with '$text', got $status and: $output"
    exit 1
  fi
}
echo old >"$work/two/kernel7.img"
tools/image/sd "$work/two" "$PWD" "$1.image" && cmp "$work/one/kernel7.img" "$work/two/kernel7.img" || exit 1
[ "$(ls -A "$work/two")" = "$(printf 'config.txt\nkernel7.img')" ] || exit 1
mkdir "$work/card"
echo arm_64bit=1 >"$work/card/config.txt"
refused 'config.txt that was not written here' tools/image/sd "$work/card" "$PWD" "$1.image"
rm "$work/card/config.txt"
echo mine >"$work/card/kernel7.img"
refused 'kernel7.img that was not written here' tools/image/sd "$work/card" "$PWD" "$1.image"
grep -qx mine "$work/card/kernel7.img" || exit 1
# Without room for more than a block.
small() { (ulimit -f 8 && trap '' XFSZ && tools/image/sd "$@"); }
refused "cannot be written to $work/two" small "$work/two" "$PWD" "$1.image"
refused "cannot be written to $work/none" small "$work/none" "$PWD" "$1.image"
cmp "$work/one/kernel7.img" "$work/two/kernel7.img" || exit 1
[ ! -e "$work/none" ] || exit 1
refused 'Not a directory' tools/image/sd "$work/card/kernel7.img/card" "$PWD" "$1.image"
if tools/image/sd "$work/three" "$PWD" "$2.image" 2>"$work/errors"; then
  echo "FAIL an image for x86 was written to a card"
  exit 1
fi
output=$(timeout 60 ../debian/qemu-system-arm -accel tcg -machine raspi2b -m 1G -display none -monitor none -net none \
  -no-reboot -serial stdio -bios "$work/one/kernel7.img" </dev/null | tr -d '\r' | tail -n 1)
case $output in
  'PASS launcher'*) echo "PASS: $output" ;;
  *)
    echo "FAIL the last line is: $output"
    exit 1
    ;;
esac
