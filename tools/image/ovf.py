#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Describes a virtual machine with one disk in the Open Virtualization Format: ovf.py NAME VMDK GIGABYTES OUTPUT

It also gives the disk a content identifier that comes from its content: qemu-img takes one by chance. The machine has
two processors, 4 GiB, a SATA disk and an E1000 network card, which VirtualBox and VMware both know.
"""

import hashlib
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

OVF = "http://schemas.dmtf.org/ovf/envelope/1"
RASD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
VSSD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
MEBIBYTES = 4096
PROCESSORS = 2
# In a vmdk the description, as text, begins at sector 1 and is at most 20 sectors long.
DESCRIPTION = slice(512, 21 * 512)


def name_content(vmdk):
    """Replaces the content identifier of a vmdk by the beginning of the file's digest without it."""
    with vmdk.open("r+b") as file:
        file.seek(DESCRIPTION.start)
        text = file.read(DESCRIPTION.stop - DESCRIPTION.start)
        # qemu-img writes no leading zeros; what follows moves, and the zeros at the end make up for it.
        found = re.match(rb"(.*\nCID=)[0-9a-f]{1,8}(\n.*)", text, re.S)
        if not found:
            sys.exit(f"{vmdk} has no content identifier")
        before, after = found.groups()

        def write(identifier):
            file.seek(DESCRIPTION.start)
            file.write((before + identifier + after).ljust(len(text), b"\0")[:len(text)])

        write(b"0" * 8)
        file.seek(0)
        # fffffffe and ffffffff have meanings of their own.
        write(hashlib.file_digest(file, "sha256").hexdigest()[:7].encode() + b"0")


def element(parent, name, text=None, /, **attributes):
    """A child of that name in its namespace, such as rasd:Parent."""
    namespaces = {"ovf": OVF, "rasd": RASD, "vssd": VSSD}
    prefix, local = name.split(":")
    child = ElementTree.SubElement(
        parent, f"{{{namespaces[prefix]}}}{local}", {f"{{{OVF}}}{key}": value for key, value in attributes.items()})
    child.text = text
    return child


def item(hardware, instance, name, kind, **settings):
    """One piece of hardware; its settings stand in the order of their names, as the schema wants."""
    child = element(hardware, "ovf:Item")
    settings |= {"ElementName": name, "InstanceID": str(instance), "ResourceType": str(kind)}
    for key in sorted(settings):
        element(child, f"rasd:{key}", settings[key])


def envelope(name, disk, size, capacity):
    """The whole description."""
    for prefix, namespace in (("ovf", OVF), ("rasd", RASD), ("vssd", VSSD)):
        ElementTree.register_namespace(prefix, namespace)
    root = ElementTree.Element(f"{{{OVF}}}Envelope")
    element(element(root, "ovf:References"), "ovf:File", id="file1", href=disk, size=str(size))
    disks = element(root, "ovf:DiskSection")
    element(disks, "ovf:Info", "The disk")
    element(disks, "ovf:Disk", diskId="disk1", fileRef="file1", capacity=str(capacity),
            format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized")
    networks = element(root, "ovf:NetworkSection")
    element(networks, "ovf:Info", "The network")
    element(element(networks, "ovf:Network", name="NAT"), "ovf:Description", "Addresses come by DHCP")
    system = element(root, "ovf:VirtualSystem", id=name)
    element(system, "ovf:Info", "Pip, with its tools and a warm build; user pip, password pip")
    element(system, "ovf:Name", name)
    kind = element(system, "ovf:OperatingSystemSection", id="96")
    element(kind, "ovf:Info", "Debian 12, 64 bits")
    hardware = element(system, "ovf:VirtualHardwareSection")
    element(hardware, "ovf:Info", "The machine")
    machine = element(hardware, "ovf:System")
    element(machine, "vssd:ElementName", "Virtual Hardware Family")
    element(machine, "vssd:InstanceID", "0")
    element(machine, "vssd:VirtualSystemIdentifier", name)
    element(machine, "vssd:VirtualSystemType", "vmx-10 virtualbox-2.2")
    item(hardware, 1, "processors", 3, VirtualQuantity=str(PROCESSORS))
    item(hardware, 2, "memory", 4, VirtualQuantity=str(MEBIBYTES), AllocationUnits="byte * 2^20")
    item(hardware, 3, "SATA controller", 20, Address="0", ResourceSubType="AHCI")
    item(hardware, 4, "disk", 17, AddressOnParent="0", HostResource="ovf:/disk/disk1", Parent="3")
    item(hardware, 5, "network card", 10, AutomaticAllocation="true", Connection="NAT", ResourceSubType="E1000")
    ElementTree.indent(root)
    return ElementTree.ElementTree(root)


def main():
    name, vmdk, gigabytes, output = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    name_content(vmdk)
    tree = envelope(name, vmdk.name, vmdk.stat().st_size, gigabytes << 30)
    tree.write(output, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    main()
