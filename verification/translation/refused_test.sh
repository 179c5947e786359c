#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Refused.v was compiled, so every wrong program in it was refused; a test only so that `bazel test` says it.
[ -s "$1" ] || { echo "not built: $1"; exit 1; }
echo "all wrong programs refused"
