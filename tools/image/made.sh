# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of the real images share: a folder `work` that goes at the end, and the image, in the folder `image`.
set -uo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.." || exit 1
. tools/image/common.sh
work=$(mktemp -d -p "${TEST_TMPDIR:-/var/tmp}")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' HUP INT TERM

fail() {
  echo "FAIL $*"
  exit 1
}

# made KIND [FOLDER]: makes the image, or takes the one that `./pip image KIND` has made there.
made() {
  image=$(realpath -m "${2:-$work/$1}")
  if [ $# -lt 2 ]; then ./pip image "$1" --output "$image" || fail "no image"; fi
  (cd "$image" && sha256sum --check --quiet SHA256SUMS) || fail "checksums"
}
