#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Machines and loaders that will not do: the kernel says why on one line and stops with the failure exit.
# usage: boot_refusals_test.sh IMAGE, which is a pip_image; its kernel is booted in other ways.
set -uo pipefail
manifest=$1.image
kernel=$PWD/$(sed -n 's/^kernel\t\([^\t]*\)\t.*/\1/p' "$manifest")
root=$PWD/$(sed -n 's/^root\t\([^\t]*\)\t.*/\1/p' "$manifest")
qemu=$(realpath -s ../debian/qemu-system-i386)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
cp "$root" root.bin
: >empty.bin
head -c 14M /dev/zero >large.bin
head -c 40M /dev/zero >huge.bin
failures=0

# refuses WHAT WORDS OPTIONS...: QEMU with these options must print just a line like WORDS, and exit with 3.
refuses() {
  local what=$1 words=$2 output status
  shift 2
  output=$(timeout 30 "$qemu" -accel tcg -display none -monitor none -net none -no-reboot -serial stdio \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel "$kernel" "$@" </dev/null 2>&1 | tr -d '\r')
  status=${PIPESTATUS[0]}
  if [ "$status" -ne 3 ]; then
    echo "FAIL $what: exit code $status, not 3: $output"
    failures=$((failures + 1))
  elif [ "$(grep -c . <<<"$output")" -ne 1 ] || ! grep -qE -- "$words" <<<"$output"; then
    echo "FAIL $what: the last words are: $output"
    failures=$((failures + 1))
  fi
}

refuses "no module" '^Pip: cannot boot: no root image: the first Multiboot module must be'
refuses "an empty module" '^Pip: cannot boot: a module is empty$' -initrd empty.bin
refuses "an empty second module" '^Pip: cannot boot: a module is empty; the last good one is root.bin' \
  -initrd root.bin,empty.bin
refuses "a root image that fills memory" '^Pip: too little memory: of 15 MiB, the root image and its modules leave' \
  -m 16M -initrd large.bin
refuses "a root image larger than memory" \
  '^Pip: cannot boot: a module lies outside memory: too large for this machine$' -m 16M -initrd huge.bin
refuses "4 MiB of memory" '^Pip: too little memory: 3 MiB; Pip needs 8 MiB$' -m 4M -initrd root.bin
refuses "an old processor" '^Pip: this processor is too old: Pip needs a Pentium Pro or later$' \
  -cpu pentium -initrd root.bin

if [ "$failures" -ne 0 ]; then
  exit 1
fi
echo "PASS: each refused with its line"
