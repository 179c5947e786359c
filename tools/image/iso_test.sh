#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# iso_test.sh IMAGE [QEMU-OPTION...], a pip_image whose guest says PASS: its CD boots, twice made it is the same, what
# cannot be written fails and leaves nothing, and what stood there before stays.
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
shift
mkdir "$work/first" "$work/second"
make "$work/first/pip.iso"
sleep 1.1 # times on CDs and in GRUB are whole seconds
make "$work/second/pip.iso"
cmp "$work/first/pip.iso" "$work/second/pip.iso" || fail "twice made, it differs"
(cd "$work/first" && sha256sum --check --quiet pip.iso.sha256) || fail "the checksum is wrong"
if tools/image/iso "$work/no/such/folder/pip.iso" "$PWD" "$image.image" 2>"$work/message"; then
  fail "written to a folder that is not there"
fi
if tools/image/iso "$work" "$PWD" "$image.image" 2>"$work/message"; then fail "written in place of a folder"; fi
echo thesis >"$work/thesis"
if tools/image/iso "$work/thesis" "$PWD" "$image.image" 2>"$work/message"; then fail "written over another's file"; fi
grep -q "it stays as it is" "$work/message" || fail "no word about another's file: $(cat "$work/message")"
grep -qx thesis "$work/thesis" || fail "another's file is lost"
if tools/image/iso "$work/pip.iso" "$PWD" "$image.missing" 2>"$work/message"; then fail "made of nothing"; fi
grep -q "no such image" "$work/message" || fail "no word about the missing image: $(cat "$work/message")"
[ ! -e "$work/pip.iso" ] || fail "there is a CD of nothing"
# A disk that fills on the way: files may have no more than 512 KiB.
cp "$work/first/pip.iso"{,.sha256} "$work/second"
if (
  ulimit -f 512
  trap '' XFSZ
  exec tools/image/iso "$work/second/pip.iso" "$PWD" "$image.image" 2>"$work/message"
); then
  fail "written to a full disk"
fi
[ -s "$work/message" ] || fail "no word about a full disk"
(cd "$work/second" && sha256sum --check --quiet pip.iso.sha256) || fail "a failure spoils what was made before"
left=$(find "$work/second" -mindepth 1 ! -name 'pip.iso*')
[ -z "$left" ] || fail "a failure leaves something: $left"

timeout 240 ../debian/qemu-system-i386 -accel tcg -m 64M -display none -monitor none -net none -no-reboot \
  -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x04 -cdrom "$work/first/pip.iso" \
  "$@" </dev/null >"$work/serial" 2>&1
status=$?
last=$(tr -d '\r' <"$work/serial" | grep -v '^[[:space:]]*$' | tail -n 1)
[ "$status" -eq 0 ] || fail "QEMU ended with $status; last line: $last"
case $last in PASS\ *) echo "$last" ;; *) fail "last line: $last" ;; esac
