#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The virtual machine with the tree, all tools and a warm build: vm.sh OUTPUT CACHE SOURCES, the last two may be empty.
# Runs at the top of the repository, as root.
set -euo pipefail
. tools/image/common.sh
. tools/image/system.sh
output=$1 cache=$2 sources=$3
check_system
need qemu-img qemu-utils
need mke2fs e2fsprogs
need sfdisk fdisk
need grub-mkimage grub-common
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
open_work "$output"
room "$(dirname "$output")" 35
root=$work/root

# The drivers of the disks that virtual machines have; a small first file system boots fast. The kernel's package makes
# it, so they are there before.
initramfs=$work/initramfs
mkdir -p "$initramfs/usr/share/initramfs-tools/modules.d" "$initramfs/etc/initramfs-tools/conf.d"
echo MODULES=list >"$initramfs/etc/initramfs-tools/conf.d/pip"
printf '%s\n' ext4 sd_mod ahci ata_piix nvme virtio_pci virtio_blk virtio_scsi mptspi xen_blkfront hv_storvsc \
  >"$initramfs/usr/share/initramfs-tools/modules.d/pip"
export initramfs
# shellcheck disable=SC2016 # for mmdebstrap's shell
debian_options=(--setup-hook='cp -R "$initramfs"/. "$1"')

# settle: network by DHCP, consoles on screen and serial port, no timers that a demonstration does not want.
settle() {
  local unit
  printf '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/80-dhcp.network"
  for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    man-db.timer systemd-networkd-wait-online.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
  inside "$root" systemctl enable systemd-networkd.service systemd-resolved.service >"$work/units.log" 2>&1 || {
    cat "$work/units.log" >&2
    die "systemctl failed"
  }
  ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  printf 'Pip: log in as %s, password %s, and type demo.\n\n' "$user" "$user" >"$root/etc/issue"
}

make_system "$root" "$sources" "$cache" linux-image-amd64 initramfs-tools zstd systemd-sysv systemd-resolved dbus udev \
  kmod iproute2 iputils-ping
step "services"
settle
step "the virtual machine"
bash tools/image/pack_vm.sh "$root" "$output" pip
step "done"
tell "$output"
