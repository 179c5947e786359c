#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gdb on a guest: debug.sh FOLDER MANIFEST PORT SERIAL [GDB-ARGUMENT... | inspect]. The manifest of a pip_image and the
# files that it names are in FOLDER. The image is booted in QEMU and stands at its first instruction, and what it prints
# goes to the file SERIAL; if SERIAL is empty, a guest that listens at PORT is attached to. Symbols of the kernel and of
# the partitions are loaded, and the commands of pip_gdb.py are there; with `inspect`, gdb does what ./pip inspect says.
set -euo pipefail
# shellcheck source=tools/bazel/emulator/image.sh
. tools/bazel/emulator/image.sh
[ $# -ge 4 ] || die "usage: debug.sh FOLDER MANIFEST PORT SERIAL [GDB-ARGUMENT...]"
folder=$1 manifest=$2 port=$3 serial=$4
shift 4
gdb=$(program "" gdb-multiarch)
emulator=$PWD/tools/bazel/emulator/qemu
PIP_QEMU=$(program "" qemu-system-i386)
PIP_QEMU_ARM=$(program "" qemu-system-arm)
export PIP_QEMU PIP_QEMU_ARM
commands=$PWD/tools/debug/pip_gdb.py
emulator_folder=$PWD
cd "$folder"
known_architectures='x86 armv7'
read_options "$manifest"
export PIP_LAYOUT=$emulator_folder/pipcore/mal/include/pip/layout.h
PIP_LAYOUT+=:$emulator_folder/pipcore/mal/$arch/include/pip/machine_layout.h
case $arch in
  x86) machine_name=i386 ;;
  armv7)
    machine_name=armv7
    PIP_LAYOUT+=:$emulator_folder/pipcore/arch/armv7/layout.h
    ;;
esac

# Partitions and kernel are linked where they run.
# gdb's own words about this are left out.
quietly() {
  symbols+=(-ex "python gdb.execute('''$1''', to_string=True)")
}
symbols=()
quietly "set architecture $machine_name"
quietly "file $kernel"
for file in "${files[@]}"; do
  elf=${file%.bin}.elf
  [ ! -f "$elf" ] || quietly "add-symbol-file $elf"
done
# Sources, generated or written, by the names that the compiler saw; Bazel's folder has only those written ones that the
# last build needed.
case $folder in */bazel-out/*) quietly "directory ${folder%%/bazel-out/*}" ;; esac
[ -z "${BUILD_WORKSPACE_DIRECTORY:-}" ] || quietly "directory $BUILD_WORKSPACE_DIRECTORY"
listens() {
  (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
if [ -n "$serial" ]; then
  ! listens || die "port $port is taken; give another one"
  "$emulator" "$manifest" --seconds 86400 --qemu-option -S --qemu-option -gdb --qemu-option "tcp:127.0.0.1:$port" \
    >"$serial" 2>&1 &
  machine=$!
  trap 'pkill -P "$machine" || true; kill "$machine" 2>/dev/null || true; wait "$machine" 2>/dev/null || true' EXIT
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
quietly "target remote 127.0.0.1:$port"
gdb=("$gdb" -q -nx -iex "set pagination off" -iex "set confirm off" "${symbols[@]}" -x "$commands")
status=0
# What the user names is seen from where he stands.
cd "${PIP_CALLED_FROM:-$emulator_folder}"
case ${1:-} in
  inspect) "${gdb[@]}" -batch -ex "python inspect()" 3>&1 >/dev/null || status=$? ;;
  -batch) "${gdb[@]}" "$@" || status=$? ;;
  *)
    echo "The machine stands. For a start: break yieldTo, continue, pip tree; or: help pip"
    "${gdb[@]}" "$@" || status=$?
    ;;
esac
exit "$status"
