#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The extracted program runs.
exec tools/bazel/test/coq/use_even
