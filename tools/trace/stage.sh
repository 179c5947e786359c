# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Files that come all or not at all: they are written into $stage, beside their place, and moved when all are whole.

# stage_for FOLDER: makes both folders.
stage_for() {
  destination=$1
  mkdir -p "$destination" && stage=$(mktemp -d "$destination/.incomplete-XXXXXX") || exit 2
}

# The end, after a line that says why.
incomplete() {
  printf 'Nothing new is in %s: its files come all or not at all.\n' "$destination" >&2
  exit 2
}

# Replaces files of the same names. On one file system, that takes no room.
publish() {
  local file
  (
    cd "$stage"
    shopt -s globstar
    for file in **/; do [ ! -d "$file" ] || mkdir -p "$destination/$file" || exit; done
    for file in **; do [ -d "$file" ] || mv -f -- "$file" "$destination/$file" || exit; done
  ) || incomplete
}
