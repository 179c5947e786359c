#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: image KIND [IMAGE]   writes something to boot or to carry away
#:
#:   sd [IMAGE]          for the SD card of a Raspberry Pi 2, beside its firmware: kernel7.img, config.txt
#:   iso [IMAGE]         a CD for a PC with a BIOS: GRUB, the kernel, and an image, by default launcher
#:
#: IMAGE is a folder with a Bazel target `image` (`image_armv7` for a card), or the label of a pip_image. The file goes
#: to pip-image/NAME.iso, with its SHA-256 beside it, or to the folder pip-image/NAME-sd; the same sources give the
#: same bytes.
#:
#:   --output FILE       where the file goes instead
#:
#: Example: ./pip image iso launcher && qemu-system-i386 -cdrom pip-image/launcher.iso -serial stdio -display none
set -euo pipefail
. tools/cli/common.sh
kind=${1:-}
case $kind in
  iso) target='' suffix=.iso ;;
  sd) target=image_armv7 suffix=-sd ;;
  '') complain "image of which kind? For instance: ./pip image iso launcher" ;;
  *) complain "image knows the kinds iso and sd, not $kind (./pip image --help)" ;;
esac
shift
image=
output=
while [ $# -gt 0 ]; do
  case $1 in
    --output)
      [ -n "${2:-}" ] || complain "--output needs a file"
      output=$2
      shift
      ;;
    -*) complain "unknown option $1; image knows --output (./pip image --help)" ;;
    *)
      [ -z "$image" ] || complain "image takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
image=$(image_label "${image:-launcher}" "$target")
name=${image##*[/:]}
[ "$name" != "${target:-image}" ] || name=$(basename "${image%:*}")
output=${output:-pip-image/$name$suffix}
mkdir -p "$(dirname "$output")" || complain "$(dirname "$output") cannot be made"
ensure_machine
call_bazel build --show_result=0 -- "$image" "//tools/image:$kind"
# The image's files are where `bazel run` would start it.
manifest=${image#//}
manifest=${manifest/://}
folder=$(bazel info --ui_event_filters=-info bazel-bin 2>/dev/null)/$manifest.runfiles/pip
bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug --curses=no -- \
  "//tools/image:$kind" "$(realpath "$output")" "$folder" "$manifest.image"
if [ "$kind" = sd ]; then
  printf '%s: kernel7.img and config.txt\n' "$output"
  exit
fi
printf '%s, SHA-256 %s\n' "$output" "$(cut -d ' ' -f 1 "$output.sha256")"
