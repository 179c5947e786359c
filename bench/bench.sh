#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `bazel run //bench`: measure.py over the benchmark's image, in the runfiles.
set -euo pipefail
exec "$(realpath -s ../debian/python3)" bench/measure.py bench/image.image bench/root.elf \
  "$(realpath -s ../debian/qemu-system-i386)" "$@"
