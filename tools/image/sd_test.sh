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
