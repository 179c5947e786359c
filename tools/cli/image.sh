#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: image KIND [IMAGE]   writes something to boot or to carry away
#:
#:   sd [IMAGE]          for the SD card of a Raspberry Pi 2, beside its firmware: kernel7.img, config.txt
#:   iso [IMAGE]         a CD for a PC with a BIOS: GRUB, the kernel, and an image, by default launcher
#:   oci                 a container image: Debian 12, all tools, this commit, a first build; for docker and podman
#:   vm                  the same as a virtual machine: a disk for QEMU, an appliance for VirtualBox and VMware
#:   compare ONE OTHER   tells whether two CDs, containers or machines are the same bytes, and which files differ
#:
#: IMAGE is a folder with a Bazel target `image` (`image_armv7` for a card), or the label of a pip_image. The file goes
#: to pip-image/NAME.iso, with its SHA-256 beside it, or to the folder pip-image/NAME-sd; the same sources give the
#: same bytes. A container goes to pip-image/oci, a machine to pip-image/vm, with SHA256SUMS; these two need root, a
#: Debian mirror, 25 or 35 GB on the disk while they are made, and half an hour. In both the user is pip, the password
#: pip, and the word demo boots the scheduler.
#:
#:   --output FILE       where the file or folder goes instead
#:   --fresh             oci, vm: builds everything in the image, and takes no result from ~/.cache/pip-bazel
#:   --sources FILE      oci, vm: apt's sources, such as those of one day, in place of Debian 12 with its repairs
#:
#: Example: ./pip image iso launcher && qemu-system-i386 -cdrom pip-image/launcher.iso -serial stdio -display none
set -euo pipefail
. tools/cli/common.sh
kind=${1:-}
case $kind in
  compare)
    shift
    images=()
    for image in "$@"; do
      case $image in -*) complain "unknown option $image; compare takes two images (./pip image --help)" ;; esac
      images+=("$(user_file "$image")")
    done
    exec python3 tools/image/compare.py "${images[@]}"
    ;;
  iso) target='' suffix=.iso ;;
  oci | vm) target='' suffix='' ;;
  sd) target=image_armv7 suffix=-sd ;;
  '') complain "image of which kind? For instance: ./pip image iso launcher" ;;
  *) complain "image knows iso, sd, oci, vm and compare, not $kind (./pip image --help)" ;;
esac
shift
image=
output=
fresh=
sources=
while [ $# -gt 0 ]; do
  case $1 in
    --output)
      [ -n "${2:-}" ] || complain "--output needs a file"
      output=$(user_file "$2")
      shift
      ;;
    --fresh) fresh=yes ;;
    --sources)
      sources=$(user_file "${2:-}")
      [ -f "$sources" ] || complain "--sources needs a file, not ${2:-nothing}"
      sources=$(realpath -- "$sources")
      shift
      ;;
    -*) complain "unknown option $1; image knows --output --fresh --sources (./pip image --help)" ;;
    *)
      [ -z "$image" ] || complain "image takes one image, not both $image and $1"
      image=$1
      ;;
  esac
  shift
done
case $kind in
  oci | vm)
    [ -z "$image" ] || complain "image $kind holds the whole tree, not only $image"
    output=${output:-pip-image/$kind}
    [ "$(id -u)" -eq 0 ] || complain "image $kind needs root, for the files of a Debian system belong to many users"
    ensure_machine
    # Under sudo, the results of the one who called it.
    cache=$(cache_folder "${SUDO_USER:-$(id -un)}")
    if [ -n "$fresh" ] || [ ! -d "$cache/ac" ]; then cache=; fi
    exec bash "tools/image/$kind.sh" "$(realpath -m "$output")" "$cache" "$sources"
    ;;
  *) [ -z "$fresh$sources" ] || complain "--fresh and --sources are for oci and vm" ;;
esac
image=$(image_label "${image:-launcher}" "${target#image_}")
name=${image##*[/:]}
[ "$name" != "${target:-image}" ] || name=$(basename "${image%:*}")
output=${output:-pip-image/$name$suffix}
make_folder "$(dirname "$output")"
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
