#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: inspect [IMAGE]   prints the tree of partitions of a guest, and who maps what
#:
#: First the tree, then each partition with the ranges that it maps and the child that it gave them to.
#: The guest was started by ./pip run IMAGE --gdb 1234, with the same image (by default launcher); it stands still for a
#: moment and goes on.
#:
#:   --port 1234     where it listens
#:   --svg FILE      also draws a picture
set -euo pipefail
. tools/cli/common.sh
image=
port=1234
commands=(-batch -ex "pip tree" -ex "echo \\n" -ex "pip maps all")
while [ $# -gt 0 ]; do
  case $1 in
    --port)
      port=$(port_number "$1" "${2:-}")
      shift
      ;;
    --svg)
      [ -n "${2:-}" ] || complain "--svg needs a file"
      file=$(user_file "$2")
      [ -d "$(dirname "$file")" ] || complain "--svg $2: there is no folder $(dirname "$2")"
      [ ! -d "$file" ] || complain "--svg $2: this is a folder"
      commands+=(-ex "pip svg $(realpath -- "$file")")
      shift
      ;;
    -*) complain "unknown option $1; inspect knows --port --svg (./pip inspect --help)" ;;
    *)
      [ -z "$image" ] || complain "inspect takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
image=$(image_label "${image:-launcher}")
ensure_machine
call_bazel build --show_result=0 -- "$image" //tools/debug
exec_on_image //tools/debug "$image" "$port" "" "${commands[@]}" -ex detach
