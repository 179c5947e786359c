#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: trace IMAGE [OPTION...]   records what the kernel does: calls, yields, interrupts, faults
#:
#: IMAGE is a folder with a Bazel target `image`, such as launcher, or the label of a pip_image. It boots in QEMU with a
#: kernel that tells of each call with its arguments, its status, who ran before and who runs after; instructions are
#: the clock, a nanosecond each, and only a few more than without. The kernel of other runs has nothing of this. Where
#: the image is the EDF scheduler, its decisions are in the same files.
#:
#:   --arch x86        the architecture: x86 or armv7, where the folder has `image_armv7`
#:   --format FORMAT   one of these; without it, all
#:       perfetto      perfetto.pftrace, for https://ui.perfetto.dev
#:       ctf           ctf/, for babeltrace2 or Trace Compass
#:       text          events.txt, a line for each event
#:   --output FOLDER   where the files go; without it, pip-trace/ and the image's name
#:   --memory 64M      RAM of the machine, at least 8M; 960M unless said on armv7, where it is at least 16M
#:   --seconds 300     how long it may run
#:
#: The exit status is 0 if the guest's last line is PASS ..., 2 if the image or an option is wrong.
#:
#: Example: ./pip trace launcher --format ctf && babeltrace2 pip-trace/launcher/ctf
set -euo pipefail
. tools/cli/common.sh
image=
arch=x86
output=
formats=perfetto,ctf,text
options=(--seconds 300)
while [ $# -gt 0 ]; do
  case $1 in
    --arch)
      arch=$(arch_name "$1" "${2:-}")
      shift
      ;;
    --format)
      case ${2:-} in
        perfetto | ctf | text) formats=$2 ;;
        *) complain "--format is perfetto, ctf or text, not ${2:-empty}" ;;
      esac
      shift
      ;;
    --output)
      [ -n "${2:-}" ] || complain "--output needs a folder"
      output=$(user_file "$2")
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
    -*) complain "unknown option $1; trace knows --arch --format --output --memory --seconds (./pip trace --help)" ;;
    *)
      [ -z "$image" ] || complain "trace takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
[ -n "$image" ] || complain "trace which image? For instance: ./pip trace launcher"
image=$(image_label "$image" "$arch")
name=${image##*[/:]}
case $name in image | image_armv7) name=$(basename "${image%:*}") ;; esac
output=${output:-pip-trace/$name}
make_folder "$output"
ensure_machine
call_bazel build --show_result=0 -- "$image" //tools/trace:record
printf 'The events go to %s\n' "$output"
(exec_on_image //tools/trace:record "$image" "$(realpath -- "$output")" "$formats" "${options[@]}")
