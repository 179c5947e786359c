#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A static constructor in a partition: nothing would run it, so the linker must refuse the partition and say why, and
# must not throw the constructor away with the sections that nobody names. The same program with a constant instead of
# the constructor links.
# usage: constructor_test.sh GCC LINKER_SCRIPT MACHINE_FLAG
set -euo pipefail
gcc=$1
script=$2
machine=$3

cat >"$TEST_TMPDIR/partition.cc" <<'END'
struct Counter {
#ifdef CONSTRUCTOR
  Counter() : value(1) { asm volatile("" : "+m"(value)); }
#endif
  int value = 1;
};
Counter counter;
extern "C" __attribute__((section(".start"))) int _start() { return counter.value; }
END

# Links as the toolchain does (tools/bazel/toolchain/freestanding.bzl).
link() {
  "$gcc" "$machine" -std=c++20 -O2 -ffreestanding -fno-pic -fno-exceptions -fno-rtti -ffunction-sections \
    -fdata-sections -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,--fatal-warnings \
    -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments "-Wl,-T,$script" "$@" "$TEST_TMPDIR/partition.cc" \
    -o "$TEST_TMPDIR/partition.elf" 2>&1
}

if ! words=$(link); then
  printf 'a partition without a constructor is refused:\n%s\n' "$words"
  exit 1
fi
for options in -DCONSTRUCTOR "-DCONSTRUCTOR -O0"; do
  # shellcheck disable=SC2086 # two options
  if words=$(link $options); then
    echo "a partition with a static constructor links ($options)"
    exit 1
  fi
  if ! grep -qF 'a partition has no static constructors' <<<"$words"; then
    printf 'the linker does not say what is wrong (%s):\n%s\n' "$options" "$words"
    exit 1
  fi
done
