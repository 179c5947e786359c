#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: run IMAGE [OPTION...]   boots an image in QEMU and shows its serial port
#:
#: IMAGE is a folder with a Bazel target `image`, such as launcher, or the label of a pip_image. The exit status is 0
#: if the guest's last line is PASS ... and it powered the machine off.
#:
#:   --arch x86        the architecture: x86 or armv7, where the folder has `image_armv7`
#:   --memory 64M      RAM of the machine, at least 8M; 960M unless said on armv7, where it is at least 16M
#:   --seconds 60      how long it may run
#:   --icount          count instructions instead of time
#:   --gdb 1234        the port where QEMU listens for ./pip inspect, or for gdb
set -euo pipefail
. tools/cli/common.sh
image=
arch=x86
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --arch)
      arch=$(arch_name "$1" "${2:-}")
      shift
      ;;
    --memory)
      options+=("$1" "$(memory_size "$1" "${2:-}")")
      shift
      ;;
    --seconds)
      options+=("$1" "$(whole_number "$1" "${2:-}")")
      shift
      ;;
    --icount) options+=("$1") ;;
    --gdb)
      options+=(--qemu-option -gdb --qemu-option "tcp:127.0.0.1:$(port_number "$1" "${2:-}")")
      shift
      ;;
    -*) complain "unknown option $1; known: --arch --memory --seconds --icount --gdb (./pip run --help)" ;;
    *)
      [ -z "$image" ] || complain "run takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
[ -n "$image" ] || complain "run which image? For instance: ./pip run launcher"
image=$(image_label "$image" "$arch")
ensure_machine
call_bazel build --show_result=0 -- "$image"
# It is built; what is left to say is the machine's.
bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug --curses=no -- "$image" "${options[@]}"
