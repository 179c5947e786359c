# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the words of ./pip share. They run at the top of the repository.

# A user's mistake: one line, and exit status 2.
complain() {
  printf 'pip: %s\n' "$*" >&2
  exit 2
}

# The lines of a word's file that begin with #: are its help; the first of them is USAGE  SUMMARY.
help() {
  local lines
  lines=$(sed -n 's/^#: \{0,1\}//p' "tools/cli/$1.sh")
  printf 'usage: ./pip %s\n' "$(head -n 1 <<<"$lines" | sed 's/   *.*//')"
  tail -n +2 <<<"$lines"
}

summary() {
  local line
  line=$(sed -n 's/^#: //p' "tools/cli/$1.sh" | head -n 1)
  printf '  %-34s %s\n' "${line%%  *}" "$(sed 's/^.*   *//' <<<"$line")"
}

# Installs what is missing; quick when nothing is.
ensure_machine() {
  bash tools/setup/install.sh
}

# Bazel, with plain output where nobody watches.
call_bazel() {
  local command=$1
  shift
  if [ -t 2 ]; then
    bazel "$command" "$@"
  else
    bazel "$command" --curses=no --color=no --show_progress_rate_limit=20 "$@"
  fi
}
