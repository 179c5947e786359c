#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What makes a container image and a virtual machine's disk of a root file system, on a tiny one: sound, complete, with
# right digests, the same bytes twice; GRUB boots the disk; mistakes are refused and leave nothing. What differs, and no
# more, compare.py finds.
set -uo pipefail
PATH=$PATH:/usr/sbin:/sbin
. tools/image/common.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAIL $*"
  exit 1
}
export SOURCE_DATE_EPOCH=1700000000
root=$work/root
mkdir -p "$root"/{bin,etc} "$root$tree"
echo "$user:x:1000:1000::$home:/bin/bash" >"$root/etc/passwd"
printf 'tiny\n' >"$root$tree/README"
ln -s README "$root$tree/link"
head -c 300000 /dev/urandom >"$root/bin/program"
chmod 755 "$root/bin/program"

# compare STATUS ONE OTHER TEXT: compare.py ends with STATUS and says TEXT as a whole line.
compare() {
  local status=0
  ../debian/python3 tools/image/compare.py "$work/$2" "$work/$3" >"$work/compared" 2>&1 || status=$?
  [ "$status" -eq "$1" ] || fail "comparing $2 with $3 ends with $status, not $1: $(cat "$work/compared")"
  grep -qxF -- "$4" "$work/compared" || fail "comparing $2 with $3: no '$4' in $(cat "$work/compared")"
}

# Containers.
for copy in one two; do
  bash tools/image/pack_oci.sh "$root" "$work/$copy" tiny "${home#/}" 2>"$work/log" ||
    fail "no container: $(cat "$work/log")"
  sleep 1.1
done
diff -r "$work/one" "$work/two" || fail "a container made twice differs"
compare 0 one two 'the same bytes'
cp -a "$root" "$work/changed"
printf 'more\n' >>"$work/changed$tree/README"
bash tools/image/pack_oci.sh "$work/changed" "$work/three" tiny "${home#/}" 2>"$work/log" || fail "no third container"
compare 1 one three "layer 2: .$tree/README: content"
compare 1 one three 'they differ'
(cd "$work/one" && sha256sum --check --quiet SHA256SUMS) || fail "the container's checksums"
umoci unpack --rootless --image "$work/one/layout:latest" "$work/bundle" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
diff -r --no-dereference "$root" "$work/bundle/rootfs" || fail "the container has other files"
mkdir "$work/loaded"
# Called by a maker that has a folder of its own beside OUTPUT, and beside what another run has left.
mkdir "$work/four.killed.part"
bash -c '. tools/image/common.sh; open_work "$2"; bash tools/image/pack_oci.sh "$1" "$2" tiny' - "$root" "$work/four" \
  2>"$work/log" || fail "no fourth container"
[ "$(grep -c 'of another run' "$work/log")" -eq 1 ] || fail "not one other run: $(cat "$work/log")"
grep -qF "four.killed.part" "$work/log" || fail "another run is not named: $(cat "$work/log")"
rmdir "$work/four.killed.part"
# As `docker load` reads it; skopeo's own rules about signatures are not the matter here.
skopeo --insecure-policy --tmpdir "$work" copy --quiet "docker-archive:$work/one/tiny-docker.tar" "dir:$work/loaded" ||
  fail "docker could not load the tar"
skopeo list-tags "docker-archive:$work/one/tiny-docker.tar" >"$work/tags" || fail "the tar has no list of names"
grep -q '"tiny:latest"' "$work/tags" || fail "docker would not name the image tiny: $(cat "$work/tags")"
# podman tries a layout first, which knows a tag and no name.
if skopeo inspect "oci-archive:$work/one/tiny-docker.tar" >"$work/layout" 2>&1; then
  fail "podman would not name the image tiny: $(cat "$work/layout")"
fi
../debian/python3 - "$work/loaded" "$user" "$tree" <<'PYTHON' || fail "the image's configuration"
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
config = json.loads((folder / manifest["config"]["digest"].split(":")[1]).read_text())
assert len(manifest["layers"]) == 2, manifest
assert config["created"] == "2023-11-14T22:13:20Z", config
assert (config["os"], config["architecture"]) == ("linux", "amd64"), config
assert [config["config"][key] for key in ("User", "WorkingDir")] == sys.argv[2:], config
assert [step["created"] for step in config["history"]] == [config["created"]] * 2, config
PYTHON

# Virtual machines. The kernel is empty: that far GRUB must come.
: >"$root/vmlinuz"
: >"$root/initrd.img"
bash tools/image/pack_vm.sh "$root" "$work/vm" tiny 1 2>"$work/log" || fail "no virtual machine: $(cat "$work/log")"
(cd "$work/vm" && sha256sum --check --quiet SHA256SUMS) || fail "the virtual machine's checksums"
# The same files, made elsewhere in another order, read and changed at other times.
mkdir "$work/copy"
(cd "$root" && find . | sort -r | tar --create --no-recursion --format=posix --files-from -) |
  tar --extract --same-permissions --directory "$work/copy"
bash tools/image/pack_vm.sh "$work/copy" "$work/vm2" tiny 1 2>"$work/log" || fail "no second machine"
diff -r "$work/vm" "$work/vm2" || fail "a virtual machine made twice differs"
compare 0 vm vm2 'the same bytes'
rm "$work/copy$tree/link"
printf 'more\n' >>"$work/copy$tree/README"
bash tools/image/pack_vm.sh "$work/copy" "$work/vm2" tiny 1 2>"$work/log" || fail "no third machine"
compare 1 vm vm2 "${tree#/}/README: content"
compare 1 vm vm2 "${tree#/}/link: only in the first"
[ -z "$(find "$work" -maxdepth 1 -name '*.part')" ] || fail "comparing leaves something"
# What cannot be compared.
compare 2 vm nowhere "pip image: no such image: $work/nowhere"
compare 2 one vm 'pip image: a container and a machine cannot be compared'
compare 2 vm log 'pip image: a file and a folder cannot be compared'
compare 2 root vm "pip image: $work/root has no SHA256SUMS: it is no container and no machine that ./pip image has made"
compare 1 log compared 'they differ'
cp -a "$work/vm2" "$work/spoilt"
printf x >>"$work/spoilt/tiny.ova"
if ../debian/python3 tools/image/compare.py "$work/vm" "$work/spoilt" 2>"$work/log"; then fail "checksums unread"; fi
grep -q 'tiny.ova: FAILED' "$work/log" || fail "no word about a checksum: $(cat "$work/log")"
qemu-img check -q "$work/vm/tiny.qcow2" || fail "the disk is not sound"
mkdir "$work/ova"
tar --extract --file "$work/vm/tiny.ova" --directory "$work/ova"
[ "$(tar --list --file "$work/vm/tiny.ova" | head -n 1)" = tiny.ovf ] || fail "the appliance's description is not first"
(cd "$work/ova" && sed 's/^SHA256(\(.*\))= \(.*\)/\2  \1/' tiny.mf | sha256sum --check --quiet) || fail "the manifest"
qemu-img compare -q "$work/vm/tiny.qcow2" "$work/ova/tiny-disk1.vmdk" || fail "the appliance has another disk"
../debian/python3 - "$work/ova" <<'PYTHON' || fail "the appliance's description"
import pathlib, sys
import xml.etree.ElementTree as ElementTree
folder = pathlib.Path(sys.argv[1])
ovf, rasd = "{http://schemas.dmtf.org/ovf/envelope/1}", \
    "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
root = ElementTree.parse(folder / "tiny.ovf").getroot()
file, disk = root.find(f".//{ovf}File"), root.find(f".//{ovf}Disk")
assert int(file.get(ovf + "size")) == (folder / file.get(ovf + "href")).stat().st_size, "size"
assert disk.get(ovf + "fileRef") == file.get(ovf + "id") and disk.get(ovf + "capacity") == str(1 << 30), "disk"
items = {item.find(rasd + "InstanceID").text: item for item in root.iter(ovf + "Item")}
kinds = sorted(int(item.find(rasd + "ResourceType").text) for item in items.values())
assert len(items) == 5 and kinds == [3, 4, 10, 17, 20], kinds
drive = next(item for item in items.values() if item.find(rasd + "ResourceType").text == "17")
assert drive.find(rasd + "HostResource").text == "ovf:/disk/" + disk.get(ovf + "diskId"), "host resource"
assert items[drive.find(rasd + "Parent").text].find(rasd + "ResourceType").text == "20", "controller"
PYTHON
# qemu-img writes a content identifier without leading zeros: one of seven digits must do.
cp "$work/ova/tiny-disk1.vmdk" "$work/short.vmdk"
../debian/python3 - "$work/short.vmdk" <<'PYTHON' || fail "a shorter content identifier"
import pathlib, re, sys
file = pathlib.Path(sys.argv[1])
data = file.read_bytes()
text = data[512:21 * 512]
short = re.sub(rb"\nCID=[0-9a-f]{8}\n", b"\nCID=1234567\n", text) + b"\0"
assert len(short) == len(text)
file.write_bytes(data[:512] + short + data[21 * 512:])
PYTHON
../debian/python3 tools/image/ovf.py tiny "$work/short.vmdk" 1 "$work/short.ovf" || fail "no description"
qemu-img compare -q "$work/vm/tiny.qcow2" "$work/short.vmdk" || fail "the disk suffers from its content identifier"
grep -qaE '^CID=[0-9a-f]{7}0$' <(head -c 10752 "$work/short.vmdk") || fail "the content identifier"
qemu-img convert -O raw "$work/vm/tiny.qcow2" "$work/disk.raw"
grep -q '"start": *2048' <(sfdisk --json "$work/disk.raw") || fail "the partition table"
dd if="$work/disk.raw" of="$work/partition.raw" bs=1M skip=1 conv=sparse status=none
e2fsck -fn "$work/partition.raw" >"$work/log" 2>&1 || fail "the file system: $(cat "$work/log")"
debugfs -R "cat $tree/README" "$work/partition.raw" 2>"$work/log" | grep -qx tiny || fail "a file is not there"
TMPDIR=$work timeout 60 ../debian/qemu-system-i386 -accel tcg -m 128M -display none -monitor none -net none -no-reboot \
  -snapshot -serial "file:$work/serial" -drive "file=$work/vm/tiny.qcow2,format=qcow2" </dev/null &
qemu=$!
for ((try = 0; try < 550; try++)); do
  grep -qs 'premature end of file /vmlinuz' "$work/serial" && break
  sleep 0.1
done
kill "$qemu"
grep -qs 'premature end of file /vmlinuz' "$work/serial" || fail "GRUB does not reach the kernel: $(cat "$work/serial")"

# What Java trusts, with two times and with one; Java still reads it.
for copy in one two; do
  cp /etc/ssl/certs/java/cacerts "$work/$copy.jks"
  chmod u+w "$work/$copy.jks"
done
keystore() { ../debian/python3 tools/image/keystore.py "$@" 2>"$work/log"; }
keystore "$work/one.jks" 1600000000 || fail "no times: $(cat "$work/log")"
keystore "$work/two.jks" "$SOURCE_DATE_EPOCH" || fail "no times: $(cat "$work/log")"
if cmp -s "$work/one.jks" "$work/two.jks"; then fail "the times in a keystore are not set"; fi
keystore "$work/one.jks" "$SOURCE_DATE_EPOCH" || fail "no times: $(cat "$work/log")"
cmp "$work/one.jks" "$work/two.jks" || fail "two keystores differ"
keytool -list -keystore "$work/one.jks" -storepass changeit >"$work/listed" 2>&1 || fail "Java: $(cat "$work/listed")"
grep -q '2023' "$work/listed" || fail "Java reads other times"
printf x >>"$work/two.jks"
if keystore "$work/two.jks" 0; then fail "a broken keystore is taken"; fi
grep -q 'is no keystore' "$work/log" || fail "no word about a broken keystore: $(cat "$work/log")"

# refused TEXT COMMAND...
refused() {
  local text=$1 output
  shift
  if output=$("$@" 2>&1); then fail "$* succeeds"; fi
  grep -qF -- "$text" <<<"$output" || fail "$*: expected '$text', got $output"
  ls "$work"/refused* >"$work/log" 2>&1 && fail "$* leaves something: $(cat "$work/log")"
}
pack() { bash "tools/image/pack_$1.sh" "${@:2}"; }
for kind in oci vm; do
  refused usage pack $kind "$root"
  refused 'no such folder' pack $kind "$work/nowhere" "$work/refused" tiny
  refused 'not Ti/ny' pack $kind "$root" "$work/refused" Ti/ny
  refused 'SOURCE_DATE_EPOCH' env SOURCE_DATE_EPOCH=now bash tools/image/pack_$kind.sh "$root" "$work/refused" tiny
done
refused 'no such folder' pack oci "$root" "$work/refused" tiny home/nobody
refused 'not 1.5' pack vm "$root" "$work/refused" tiny 1.5
rm "$root/vmlinuz"
refused 'no /vmlinuz' pack vm "$root" "$work/refused" tiny 1
: >"$root/vmlinuz"
# A disk that is too small for what it shall hold fails on the way; what was there before stays.
head -c 1100M /dev/zero | tr '\0' x >"$root/big"
refused '' pack vm "$root" "$work/refused" tiny 1
if pack vm "$root" "$work/vm" tiny 1 2>"$work/log"; then fail "too small a disk is enough"; fi
(cd "$work/vm" && sha256sum --check --quiet SHA256SUMS) || fail "a failure spoils what was made before"
rm "$root/big"
mkdir "$work/mine"
: >"$work/mine/thesis"
cp "$work/vm/SHA256SUMS" "$work/mine"
refused 'it stays as it is' pack vm "$root" "$work/mine" tiny 1
refused 'it stays as it is' pack oci "$root" "$work/mine/thesis" tiny
[ -f "$work/mine/thesis" ] || fail "what is no image was replaced"
refused 'is missing: install the Debian package none' bash -c '. tools/image/common.sh; need no-such-program none'
refused 'GB free; this needs 99999999 GB' bash -c ". tools/image/common.sh; room '$work' 99999999"
echo "PASS packing"
