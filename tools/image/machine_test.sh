#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the virtual machine, checks its disk and its appliance, boots it, logs in and runs the launcher. With a folder
# that `./pip image vm` has made it uses that one. Root only; by night, for it takes half an hour and 40 GB.
# shellcheck source=tools/image/made.sh
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/made.sh"
made vm "$@"
qemu-img check -q "$image/pip.qcow2" || fail "the disk is not sound"
tar --extract --file "$image/pip.ova" --directory "$work" || fail "the appliance cannot be unpacked"
# A manifest's lines are SHA256(NAME)= DIGEST.
(cd "$work" && sed 's/^SHA256(\(.*\))= \(.*\)/\2  \1/' pip.mf | sha256sum --check --quiet) ||
  fail "the appliance's digests"
qemu-img compare -q "$image/pip.qcow2" "$work/pip-disk1.vmdk" || fail "the appliance has another disk"
rm "$work/pip-disk1.vmdk"
python3 tools/image/machine_test.py "$image/pip.qcow2"
