#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a virtual machine's disk of a root file system: pack_vm.sh ROOT OUTPUT NAME [GIGABYTES]. ROOT has /vmlinuz and
# /initrd.img. OUTPUT becomes a folder with a disk for QEMU (NAME.qcow2), an appliance for VirtualBox, VMware and others
# (NAME.ova), and SHA256SUMS. Nothing is mounted. SOURCE_DATE_EPOCH is the time of what is made here; the same file
# system gives the same bytes.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
. tools/image/common.sh
[ $# -ge 3 ] || die "usage: pack_vm.sh ROOT OUTPUT NAME [GIGABYTES]"
root=$1 output=$2 name=$3 gigabytes=${4:-24}
[ -d "$root" ] || die "no such folder: $root"
for file in vmlinuz initrd.img; do
  [ -L "$root/$file" ] || [ -f "$root/$file" ] || die "$root has no /$file to boot"
done
[[ $name =~ ^[a-z0-9]+(-[a-z0-9]+)*$ ]] || die "a machine's name has small letters, digits and -, not $name"
[[ $gigabytes =~ ^[1-9][0-9]*$ ]] || die "a disk's size is a number of gigabytes, not $gigabytes"
[[ ${SOURCE_DATE_EPOCH:-} =~ ^[0-9]+$ ]] ||
  die "SOURCE_DATE_EPOCH is a number of seconds, not ${SOURCE_DATE_EPOCH:-empty}"
need qemu-img qemu-utils
need mke2fs e2fsprogs
need dumpe2fs e2fsprogs
need debugfs e2fsprogs
need sfdisk fdisk
need grub-mkimage grub-common
need python3 python3
[ -f /usr/lib/grub/i386-pc/boot.img ] || die "GRUB for a BIOS is missing: install the Debian package grub-pc-bin"
open_work "$output"
mkdir "$work/image"

# The root's identifier is in boot loader, fstab and file system; it comes from the name and the time alone.
digest=$(printf '%s %s' "$name" "$SOURCE_DATE_EPOCH" | sha256sum)
uuid=${digest:0:8}-${digest:8:4}-4${digest:13:3}-8${digest:17:3}-${digest:20:12}

step "the file system"
mkdir -p "$root/boot/grub"
cat >"$root/boot/grub/grub.cfg" <<GRUB
# GRUB's commands are within its image, before the first partition; Debian keeps the two links when a kernel comes.
set timeout=1
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
menuentry "$name" {
  linux /vmlinuz root=UUID=$uuid ro console=tty0 console=ttyS0,115200 quiet
  initrd /initrd.img
}
GRUB
mkdir -p "$root/etc"
printf 'UUID=%s / ext4 defaults,noatime,errors=remount-ro 0 1\n' "$uuid" >"$root/etc/fstab"
find "$root" -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
disk=$work/disk.raw
truncate --size "${gigabytes}G" "$disk"
first=2048 # sectors of 512 bytes: where GRUB is, and the usual alignment
sfdisk --quiet "$disk" <<PARTITIONS
label: dos
label-id: 0x${digest:32:8}
start=$first, type=83, bootable
PARTITIONS
export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH
LC_ALL=C mke2fs -q -F -t ext4 -L "$name" -U "$uuid" -m 1 -I 256 \
  -O '^metadata_csum_seed,^orphan_file' -E "hash_seed=$uuid,lazy_itable_init=1,nodiscard,offset=$((first * 512))" \
  -d "$root" "$disk" "$((gigabytes * 1048576 - first / 2))k"
# mke2fs takes over when each file was last read and last changed here, which nobody can set: both become the time of
# all.
dumpe2fs "$disk?offset=$((first * 512))" 2>"$work/log" | awk -v time="@$SOURCE_DATE_EPOCH" '
  /^Inode count:/ { count = $3 }
  /^  Free inodes: / {
    gsub(/[^0-9-]+/, " ")
    for (field = 1; field <= NF; field++) {
      ends = split($field, range, "-")
      for (inode = range[1]; inode <= range[ends]; inode++) free[inode]
    }
  }
  END {
    for (inode = 1; inode <= count; inode++)
      if (!(inode in free)) printf "sif <%d> ctime %s\nsif <%d> atime %s\n", inode, time, inode, time
  }' >"$work/times"
[ -s "$work/times" ] || die "the file system's files cannot be listed: $(cat "$work/log")"
debugfs -w -f "$work/times" "$disk?offset=$((first * 512))" >"$work/log" 2>&1
# It says what it is and repeats each command; more would be a mistake, of which its exit status tells nothing.
if grep -vE '^debugfs( [0-9]|: sif <)' "$work/log" >&2; then die "the files' times cannot be set"; fi

step "the boot loader"
# The first 440 bytes load the sector after them, which loads the rest (GRUB manual, "BIOS installation").
grub-mkimage --format=i386-pc --output="$work/core.img" --prefix='(hd0,msdos1)/boot/grub' --compression=xz \
  biosdisk part_msdos ext2 normal linux configfile test search search_fs_uuid serial terminal echo reboot halt ls cat
[ "$(stat -c %s "$work/core.img")" -le $(((first - 1) * 512)) ] || die "GRUB does not fit before the partition"
dd if=/usr/lib/grub/i386-pc/boot.img of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none

step "$name.qcow2"
qemu-img convert -f raw -O qcow2 -c -o compression_type=zstd "$disk" "$work/image/$name.qcow2"
step "$name.ova"
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized "$disk" "$work/$name-disk1.vmdk"
rm "$disk"
python3 tools/image/ovf.py "$name" "$work/$name-disk1.vmdk" "$gigabytes" "$work/$name.ovf"
(cd "$work" && sha256sum --tag "$name.ovf" "$name-disk1.vmdk" | sed 's/^SHA256 (\(.*\)) = /SHA256(\1)= /' >"$name.mf")
# Of an appliance the description comes first (OVF 2.1.1, 5.3).
tar --create --file "$work/image/$name.ova" --directory "$work" --format=ustar --owner=0 --group=0 --numeric-owner \
  --mode=u=rw,go=r --mtime="@$SOURCE_DATE_EPOCH" "$name.ovf" "$name.mf" "$name-disk1.vmdk"
chmod -R u=rwX,go=rX "$work/image"
appear "$work/image" "$output"
