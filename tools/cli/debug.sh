#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: debug [IMAGE]   opens an image in QEMU with gdb attached
#:
#: IMAGE is a folder with a Bazel target `image`, by default launcher, or the label of a pip_image. The machine stands
#: at its first instruction; gdb has the symbols of the kernel and of the partitions, and these commands (`help pip`):
#:
#:   pip tree                   all partitions, each below its parent
#:   pip maps [PARTITION]       what it maps, and to whom it gave which pages; of every partition: pip maps all
#:   pip vidt [PARTITION]       the contexts that its VIDT names
#:   pip context ADDRESS [...]  the registers in a context
#:   pip svg FILE               tree and maps as a picture
#:
#: PARTITION is the frame of its descriptor; without it, the running one.
#:
#:   --arch x86                 the architecture: x86 or armv7, where the folder has `image_armv7`
#:   --port 1234                where QEMU listens for gdb
#:
#: What the guest prints goes to pip-debug.txt. For a start: break yieldTo, continue, pip tree.
set -euo pipefail
. tools/cli/common.sh
image=
arch=x86
port=1234
while [ $# -gt 0 ]; do
  case $1 in
    --arch)
      arch=$(arch_name "$1" "${2:-}")
      shift
      ;;
    --port)
      port=$(port_number "$1" "${2:-}")
      shift
      ;;
    -*) complain "unknown option $1; debug knows --arch --port (./pip debug --help)" ;;
    *)
      [ -z "$image" ] || complain "debug takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
image=$(image_label "${image:-launcher}" "$arch")
ensure_machine
call_bazel build --show_result=0 -- "$image" //tools/debug
exec_on_image //tools/debug "$image" "$port" "$PWD/pip-debug.txt"
