# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the makers of big images share: the user and where he has the tree, mistakes, missing programs, room on the disk,
# progress, a folder that appears only when it is whole.
# shellcheck disable=SC2034 # the makers use them

# Who may read a file in an image is not a matter of who made it.
umask 022

# The user, who has the password of the same name, and the tree.
user=pip
home=/home/$user
tree=$home/pip

# A user's mistake or a machine's lack: one line, and exit status 2.
die() {
  printf 'pip image: %s\n' "$*" >&2
  exit 2
}

# need PROGRAM PACKAGE
need() {
  PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ||
    die "$1 is missing: install the Debian package $2 (./pip setup does it)"
}

# room FOLDER GIGABYTES
room() {
  local free
  free=$(df --output=avail -B 1G "$1" | tail -n 1)
  [ "$free" -ge "$2" ] || die "$1 has $((free)) GB free; this needs $2 GB while it works"
}

# step TEXT: progress, with the seconds since the start.
step() {
  printf '[%4d s] %s\n' "$SECONDS" "$*" >&2
}

# ours FOLDER: an image made before, and nothing else, is in it.
ours() {
  local file
  [ -f "$1/SHA256SUMS" ] || return
  while read -r file; do
    [ "$file" = SHA256SUMS ] || cut -c 67- "$1/SHA256SUMS" | cut -d / -f 1 | grep -qxF -- "$file" || return
  done < <(ls -A "$1")
}

# open_work OUTPUT: sets `work`, a folder beside it that goes when the script ends. What is there already is replaced at
# the end, if it is an image.
open_work() {
  if [ -e "$1" ] && ! ours "$1"; then die "$1 is there, and is no image that was made before: it stays as it is"; fi
  local left
  mkdir -p "$(dirname "$1")" 2>/dev/null || die "$(dirname "$1") cannot be made"
  # The packer that a maker calls for the same OUTPUT would take the maker's folder for another run's.
  if [ -z "${outer_work:-}" ]; then
    for left in "$1".??????.part; do
      [ ! -e "$left" ] || step "note: $left is of another run, which was killed if it does not go on: you may remove it"
    done
  fi
  work=$(mktemp -d "$1.XXXXXX.part" 2>/dev/null) || die "$(dirname "$1") cannot be written"
  export outer_work=$work
  # What is mounted on it, after a mishap, is not followed.
  trap 'rm -rf --one-file-system "$work"' EXIT
  trap 'exit 130' HUP INT TERM
}

# tell FOLDER: what is in it, and the digests of what one carries away.
tell() {
  printf '%s:\n' "$1"
  (cd "$1" && du -h --max-depth=1 --all -- * | sort -k 2 && grep -v ' layout/' SHA256SUMS)
}

# appear FOLDER OUTPUT: writes SHA256SUMS into it, and gives it its name in one go, in place of one that is there.
appear() {
  (cd "$1" && find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >"$work/sums" &&
    mv "$work/sums" SHA256SUMS)
  chmod 755 "$1"
  if [ -e "$2" ]; then mv "$2" "$work/former"; fi
  mv "$1" "$2"
}
