# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Writes a CD from which a BIOS boots an image, by way of GRUB. Needs image.sh and an image that it has read.
# shellcheck disable=SC2154

# write_iso FILE: the same image always gives the same bytes. SOURCE_DATE_EPOCH, by default 2020-01-01, is the time that
# all of it bears; GRUB looks for its files by the volume's identifier, which xorriso makes from that time too.
write_iso() {
  local output=$1 cd i name grub_mkrescue date
  grub_mkrescue=$(program "${PIP_GRUB_MKRESCUE:-}" grub-mkrescue)
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1577836800}
  [[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] || die "SOURCE_DATE_EPOCH is a number of seconds, not $SOURCE_DATE_EPOCH"
  date=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)
  cd=$(mktemp -d)
  mkdir -p "$cd/boot/grub"
  cp "$kernel" "$cd/kernel.elf"
  {
    # The menu must be the serial port's only silent reader: what the guest prints is all there is.
    echo "set timeout=0"
    echo "menuentry pip {"
    echo "  multiboot /kernel.elf $kernel_arguments"
    for i in "${!files[@]}"; do
      name=$(basename "${files[$i]}")
      [ -e "$cd/$name" ] && die "two modules are called $name"
      cp "${files[$i]}" "$cd/$name"
      echo "  module /$name $name ${arguments[$i]}"
    done
    echo "}"
  } >"$cd/boot/grub/grub.cfg"
  find "$cd" -exec chmod u=rwX,go=rX {} + -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  "$grub_mkrescue" -d /usr/lib/grub/i386-pc --compress=no --locales= --fonts= -o "$output" "$cd" -- \
    -volume_date uuid "$date" -volume_date all_file_dates "=$SOURCE_DATE_EPOCH" >"$cd.log" 2>&1 || {
    cat "$cd.log" >&2
    rm -rf "$cd" "$cd.log"
    die "grub-mkrescue could not make the CD"
  }
  rm -rf "$cd" "$cd.log"
}
