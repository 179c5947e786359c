#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: inspect [IMAGE]   prints the tree of partitions of a guest, and who maps what
#:
#: First the tree, then each partition with the ranges that it maps and the child that it gave them to. IMAGE is a
#: folder with a Bazel target `image`, by default launcher, or the label of a pip_image.
#:
#: Without --at, of a guest that runs: it was started by ./pip run IMAGE --gdb 1234, with the same image; it stands
#: still for a moment and goes on. With --at, of one that is booted for this, and stands where it comes to FUNCTION
#: first.
#:
#:   --at FUNCTION   of the kernel or of a partition, such as yieldTo
#:   --arch x86      the architecture: x86 or armv7, where the folder has `image_armv7`
#:   --port 1234     where QEMU listens
#:   --svg FILE      also draws a picture
#:
#: Example: ./pip inspect launcher --at yieldTo --svg tree.svg
set -euo pipefail
. tools/cli/common.sh
image=
arch=x86
at=
port=1234
svg=
while [ $# -gt 0 ]; do
  case $1 in
    --arch)
      arch=$(arch_name "$1" "${2:-}")
      shift
      ;;
    --at)
      [[ ${2:-} =~ ^[A-Za-z_][A-Za-z0-9_:]*$ ]] || complain "--at is the name of a function, not ${2:-empty}"
      at=$2
      shift
      ;;
    --port)
      port=$(port_number "$1" "${2:-}")
      shift
      ;;
    --svg)
      [ -n "${2:-}" ] || complain "--svg needs a file"
      file=$(user_file "$2")
      [ -d "$(dirname "$file")" ] || complain "--svg $2: there is no folder $(dirname "$2")"
      [ ! -d "$file" ] || complain "--svg $2: this is a folder"
      svg=$(realpath -- "$file")
      shift
      ;;
    -*) complain "unknown option $1; inspect knows --arch --at --port --svg (./pip inspect --help)" ;;
    *)
      [ -z "$image" ] || complain "inspect takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
image=$(image_label "${image:-launcher}" "$arch")
ensure_machine
call_bazel build --show_result=0 -- "$image" //tools/debug
export PIP_INSPECT_AT=$at PIP_INSPECT_SVG=$svg
exec_on_image //tools/debug "$image" "$port" "${at:+/dev/null}" inspect
