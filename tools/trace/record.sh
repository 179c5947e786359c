#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The events of a run: record.sh FOLDER MANIFEST OUTPUT FORMATS [OPTION...]. The manifest of a pip_image and the files
# that it names are in FOLDER; it is booted with the tracing kernel instead of its own. OUTPUT is a folder that gets
# serial.txt, what the guest printed; kernel.trace; and for each of FORMATS, which commas separate, perfetto.pftrace,
# ctf/, events.txt. Where the guest printed a scheduler's trace, its events are there too. Options are the emulator's.
# Exit status: 0 if the guest says PASS, 1 otherwise, 2 if something cannot be traced.
set -euo pipefail
die() {
  printf '%s\n' "$*" >&2
  exit 2
}
[ $# -ge 4 ] || die "usage: record.sh FOLDER MANIFEST OUTPUT FORMATS [OPTION...]"
folder=$1 manifest=$2 output=$3 formats=$4
shift 4
trace=$PWD/tools/trace/trace
emulator=$PWD/tools/bazel/emulator/qemu
here=$PWD
[ -f "$folder/$manifest" ] || die "no such image: $folder/$manifest"
arch=$(awk -F '\t' '$1 == "arch" { print $2 }' "$folder/$manifest")
# shellcheck source=tools/trace/stage.sh
. tools/trace/stage.sh
work=$(mktemp -d)
case $arch in
  x86)
    kernel=tools/trace/kernel/tracing_kernel_x86
    options=(--qemu-option -debugcon --qemu-option "file:$work/sent")
    ;;
  armv7)
    kernel=tools/trace/kernel/armv7.bin
    # The second serial port, and a counter that moves once a nanosecond.
    options=(--qemu-option -serial --qemu-option "file:$work/sent"
      --qemu-option -global --qemu-option cortex-a7-arm-cpu.cntfrq=1000000000)
    ;;
  *) die "$manifest: no tracing kernel for ${arch:-nothing}" ;;
esac
kernel=$(realpath "$kernel")
stage_for "$(realpath -m -- "$output")"
trap 'rm -rf "$work" "$stage"' EXIT

cd "$folder"
# What is packed has the other kernel in it: without it, the emulator packs the files itself.
awk -v kernel="$(realpath --relative-to=. "$kernel")" -F '\t' -v OFS='\t' '$1 == "packed" { next }
  $1 == (arch == "x86" ? "kernel" : "flat") { $2 = kernel } { print }' arch="$arch" "$manifest" >"$work/traced.image"
status=0
# The emulator is started where the files are, but its own programs are here.
PIP_QEMU=$(realpath -s "$here/../debian/qemu-system-i386")
PIP_QEMU_ARM=$(realpath -s "$here/../debian/qemu-system-arm")
export PIP_QEMU PIP_QEMU_ARM
"$emulator" --icount "${options[@]}" "$@" "$work/traced.image" | tr -d '\r' | tee "$stage/serial.txt" || {
  [ "${PIPESTATUS[2]}" -eq 0 ] || incomplete
  status=1
}
[ -s "$work/sent" ] || die "the kernel was not called: there is nothing to trace"
"$trace" seal "$work/sent" --output "$stage/kernel.trace" || incomplete

sources=(--kernel "$stage/kernel.trace")
if grep -qa '^@ trace ' "$stage/serial.txt"; then sources+=("$stage/serial.txt"); fi
IFS=, read -ra wanted <<<"$formats"
for format in "${wanted[@]}"; do
  case $format in
    perfetto) "$trace" perfetto "${sources[@]}" --output "$stage/perfetto.pftrace" || incomplete ;;
    ctf) "$trace" ctf "${sources[@]}" --output "$stage/ctf" || incomplete ;;
    text) "$trace" events "$stage/kernel.trace" >"$stage/events.txt" || incomplete ;;
    *) die "a format is perfetto, ctf or text, not $format" ;;
  esac
done
publish
exit "$status"
