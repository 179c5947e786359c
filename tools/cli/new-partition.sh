#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: new-partition NAME   makes a folder with a running example to start from
#:
#: The folder NAME gets a BUILD file, a README.md, a main.cc and a test. NAME begins with a letter a-z and goes on with
#: a-z, 0-9 and -.
#:
#:   --empty         with a main that does nothing, to fill in (docs/tutorial.md)
#:
#: Example: ./pip new-partition hello && ./pip run hello
set -euo pipefail
exec bash tools/new-partition/new_partition.sh "$@"
