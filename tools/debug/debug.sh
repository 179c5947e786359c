#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gdb on a guest: debug.sh FOLDER MANIFEST PORT SERIAL [GDB-ARGUMENT...]. The manifest of a pip_image and the files that
# it names are in FOLDER. The image is booted in QEMU and stands at its first instruction, and what it prints goes to
# the file SERIAL; if SERIAL is empty, a guest that listens at PORT is attached to. Symbols of the kernel and of the
# partitions are loaded, and the commands of pip_gdb.py are there.
set -euo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. tools/bazel/emulator/image.sh
[ $# -ge 4 ] || die "usage: debug.sh FOLDER MANIFEST PORT SERIAL [GDB-ARGUMENT...]"
folder=$1 manifest=$2 port=$3 serial=$4
shift 4
gdb=$(program "" gdb)
emulator=$PWD/tools/bazel/emulator/qemu
PIP_LAYOUT=$PWD/pipcore/mal/include/pip/layout.h:$PWD/pipcore/mal/x86/include/pip/machine_layout.h
PIP_QEMU=$(program "" qemu-system-i386)
export PIP_LAYOUT PIP_QEMU
commands=$PWD/tools/debug/pip_gdb.py
emulator_folder=$PWD
cd "$folder"
known_architectures=x86
read_options "$manifest"

# Partitions and kernel are linked where they run.
symbols=(-ex "file $kernel")
for file in "${files[@]}"; do
  elf=${file%.bin}.elf
  [ ! -f "$elf" ] || symbols+=(-ex "add-symbol-file $elf")
done
listens() {
  (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
if [ -n "$serial" ]; then
  ! listens || die "port $port is taken; give another one"
  "$emulator" "$manifest" --seconds 86400 --qemu-option -S --qemu-option -gdb --qemu-option "tcp:127.0.0.1:$port" \
    >"$serial" 2>&1 &
  machine=$!
  trap 'pkill -P "$machine" 2>/dev/null; kill "$machine" 2>/dev/null; wait "$machine" 2>/dev/null || true' EXIT
  for _ in {1..100}; do
    if listens; then break; fi
    kill -0 "$machine" 2>/dev/null || {
      cat "$serial" >&2
      die "QEMU did not start"
    }
    sleep 0.1
  done
else
  listens || die "no guest listens at port $port; start one with ./pip run IMAGE --gdb $port"
fi
status=0
(cd "$emulator_folder" && "$gdb" -q -nx -iex "set pagination off" -iex "set confirm off" -iex "set architecture i386" \
  "${symbols[@]}" -ex "target remote 127.0.0.1:$port" -x "$commands" "$@") || status=$?
exit "$status"
