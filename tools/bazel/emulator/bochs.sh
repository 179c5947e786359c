#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Boots an image in Bochs from a CD that GRUB makes bootable; judges like qemu.sh. Bochs has no exit port: a guest ends
# by writing "Shutdown" to port 0x8900, and a run is also over when its verdict stands on the serial port.
set -uo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. "$(dirname "${BASH_SOURCE[0]}")/image.sh"
# shellcheck source=tools/bazel/emulator/iso.sh
. "$(dirname "${BASH_SOURCE[0]}")/iso.sh"
memory=64
known_architectures=x86
read_options "$@"
bochs=$(program "${PIP_BOCHS:-}" bochs)

work=$(mktemp -d) || die "no folder for the run's files can be made in ${TMPDIR:-/tmp}"
machine=
trap '[ -z "$machine" ] || kill "$machine" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

write_iso "$work/pip.iso"

cat >"$work/bochsrc" <<RC
megs: $memory
cpu: reset_on_triple_fault=0
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
display_library: term
ata0-master: type=cdrom, path="$work/pip.iso", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev="$work/serial"
clock: sync=none
log: $work/bochs.log
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
speaker: enabled=0
RC
echo continue >"$work/commands"
: >"$work/serial"
cd "$work" || exit 2
TERM=xterm timeout --kill-after=0.5 "$seconds" "$bochs" -q -f "$work/bochsrc" -rc "$work/commands" \
  </dev/null >"$work/screen" 2>&1 &
machine=$!

# A verdict ends the run after a moment in which the guest may still say something, or end the machine itself.
over='^(PASS|FAIL)( |$)'
[ "$expect" = pass ] || over=${last_words:-.}
status=
while kill -0 "$machine" 2>/dev/null; do
  if grep -qE -- "$over" <(tr -d '\r' <"$work/serial"); then
    for _ in {1..20}; do
      kill -0 "$machine" 2>/dev/null || break 2
      sleep 0.1
    done
    kill "$machine" 2>/dev/null && status=verdict
    break
  fi
  sleep 0.2
done
wait "$machine" 2>/dev/null
status=${status:-$?}
cat "$work/serial"

if grep -q '3rd .* exception with no resolution' "$work/bochs.log"; then
  ending=reset
elif [ "$status" = 124 ] || [ "$status" = 137 ]; then
  ending=timeout
elif [ "$expect" = last_words ]; then
  ending=failed
elif [ "$status" = verdict ] || grep -q 'Shutdown port: shutdown requested' "$work/bochs.log"; then
  ending=off
else
  grep -h 'PANIC' "$work/bochs.log" "$work/screen" >&2
  ending=broken
fi
judge "$work/serial" "$ending"
