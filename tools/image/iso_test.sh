#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# iso_test.sh IMAGE, a pip_image whose guest says PASS: its CD boots, twice made it is the same, and what cannot be
# written fails.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAIL $*"
  exit 1
}
make() {
  tools/image/iso "$1" "$PWD" "$image.image" || fail "no CD"
}
image=$1
mkdir "$work/first" "$work/second"
make "$work/first/pip.iso"
sleep 1.1 # times on CDs and in GRUB are whole seconds
make "$work/second/pip.iso"
cmp "$work/first/pip.iso" "$work/second/pip.iso" || fail "twice made, it differs"
(cd "$work/first" && sha256sum --check --quiet pip.iso.sha256) || fail "the checksum is wrong"
if tools/image/iso "$work/no/such/folder/pip.iso" "$PWD" "$image.image" 2>"$work/message"; then
  fail "written to a folder that is not there"
fi
if tools/image/iso "$work/pip.iso" "$PWD" "$image.missing" 2>"$work/message"; then fail "made of nothing"; fi
grep -q "no such image" "$work/message" || fail "no word about the missing image: $(cat "$work/message")"

timeout 120 ../debian/qemu-system-i386 -accel tcg -m 64M -display none -monitor none -net none -no-reboot \
  -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x04 -cdrom "$work/first/pip.iso" \
  </dev/null >"$work/serial" 2>&1
status=$?
last=$(tr -d '\r' <"$work/serial" | grep -v '^[[:space:]]*$' | tail -n 1)
[ "$status" -eq 0 ] || fail "QEMU ended with $status; last line: $last"
case $last in PASS\ *) echo "$last" ;; *) fail "last line: $last" ;; esac
