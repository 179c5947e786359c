#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `bazel run //bench`: measure.py over an image, in the runfiles. bench.sh MANIFEST ROOT_ELF QEMU [OPTION...]
set -euo pipefail
exec "$(realpath -s ../debian/python3)" bench/measure.py "$1" "$2" "$(realpath -s "$3")" "${@:4}"
