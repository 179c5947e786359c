#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Boots an image in QEMU, shows its serial output, and ends with 0 exactly when the run went as expected.
# A guest that powers off says how it went on its last line; a guest or kernel that writes 1 to port 0xF4 has failed.
set -uo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. "$(dirname "${BASH_SOURCE[0]}")/image.sh"
known_architectures='x86 armv7'
read_options "$@"

work=$(mktemp -d) || die "no folder for the run's files can be made in ${TMPDIR:-/tmp}"
trap 'rm -rf "$work"' EXIT

# Every machine: deterministic enough to test, its serial port here, and a word about how it ended.
common=(
  -accel tcg -display none -monitor none -net none -no-reboot
  -serial stdio -trace qemu_system_shutdown_request -d cpu_reset -D "$work/qemu.log"
)

# A module's command line begins with its file name: plain names, not paths of this machine. A comma separates modules,
# so it is doubled where it is meant.
modules=
for i in "${!files[@]}"; do
  name=$(basename "${files[$i]}")
  [ -e "$work/$name" ] && die "two modules are called $name"
  ln -s "${files[$i]}" "$work/$name"
  text=${arguments[$i]:+ ${arguments[$i]}}
  modules+=${modules:+,}${name//,/,,}${text//,/,,}
done

# The machine's memory in MiB, for instance of 64M, 1G or 64, or else what is given.
mebibytes() {
  local size=${memory:-$1}
  [[ $size =~ ^[1-9][0-9]{0,5}[MG]?$ ]] || die "--memory is a number with M or G, such as 64M, not $size"
  case $size in *G) size=$((${size%G} * 1024)) ;; esac
  printf '%s\n' "${size%M}"
}

case $arch in
  x86)
    # Where there is too little, the kernel says so; but it stands from 1 MiB on, and must be there to say it.
    mebibytes=$(mebibytes 64M) || exit 2
    if [ "$mebibytes" -lt 2 ]; then
      die "a machine with $memory of memory has no room for the kernel, which stands from 1 MiB on: Pip needs 8M"
    fi
    command=(
      "$(program "${PIP_QEMU:-}" qemu-system-i386)" "${common[@]}" -m "${mebibytes}M"
      -device "isa-debug-exit,iobase=0xf4,iosize=0x04"
      -kernel "$kernel" -append "$kernel_arguments" -initrd "$modules"
    )
    ;;
  armv7)
    # A Raspberry Pi 2, whose firmware loads one file to 0x8000; the kernel fails through semihosting.
    # A manifest that was written by hand has its files, and nothing that is packed yet.
    if [ -z "$packed" ]; then
      packed=$work/packed
      packing=()
      for i in "${!files[@]}"; do packing+=("${files[$i]}" "${arguments[$i]}"); done
      "$(dirname "${BASH_SOURCE[0]}")/../package/package" "$packed" "$flat" "${packing[@]}" || exit 2
    fi
    # The machine has 1 GiB; how much of it is the processors' is for the firmware to say, which gives its video memory
    # the rest, as a card's config.txt does with gpu_mem.
    mebibytes=$(mebibytes 960M) || exit 2
    if [ "$mebibytes" -lt 16 ] || [ "$mebibytes" -gt 1023 ]; then
      die "the machine raspi2b has 16M to 1023M of memory for its processors, not $memory"
    fi
    command=(
      "$(program "${PIP_QEMU_ARM:-}" qemu-system-arm)" "${common[@]}" -machine raspi2b -m 1G
      -global "bcm2835-fb.vcram-size=$(((1024 - mebibytes) << 20))"
      -semihosting-config "enable=on,target=native" -bios "$packed"
    )
    ;;
esac
[ -z "$icount" ] || command+=(-icount "shift=0,align=off,sleep=off")
command+=("${machine_options[@]}")

# Ctrl-C ends the run, and with it the machine, which must not stand in a process group of its own then. In the
# background, where debuggers start it, Ctrl-C is ignored, and meant for others.
foreground=()
if [ -z "$(trap -p INT)" ]; then
  foreground=(--foreground)
  trap 'exit 130' INT
fi
cd "$work" || exit 2
timeout "${foreground[@]}" --kill-after=5 "$seconds" "${command[@]}" </dev/null 2>"$work/errors" | tee "$work/serial"
statuses=("${PIPESTATUS[@]}")
status=${statuses[0]}
cat "$work/errors" >&2
[ "${statuses[1]}" -ne 1 ] || die "what the guest says cannot all be written, here or in $work: is the disk full?"

# With -no-reboot QEMU ends the same way after a power-off and after a reset; only the first is a request to shut down.
if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
  ending=timeout
elif [ "$status" -eq 0 ]; then
  if grep -q qemu_system_shutdown_request "$work/qemu.log"; then ending=off; else ending=reset; fi
elif [ "$status" -gt 1 ] && [ $((status % 2)) -eq 1 ] && [ "$status" -ne 127 ]; then
  ending=failed
else
  ending=broken
fi
judge "$work/serial" "$ending"
