#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of docs/dependencies.md that are missing; needs root or sudo only then. Quiet if none is.
# With --list it prints the names of Debian's packages among them instead.
set -euo pipefail
list=$(dirname "${BASH_SOURCE[0]}")/../../docs/dependencies.md

fail() {
  printf 'pip: %s\n' "$*" >&2
  exit 1
}

case ${1:-} in
  '') ;;
  --list)
    # shellcheck disable=SC2016 # backquotes of Markdown
    sed -n 's/^| `\([^`:]*\)` .*/\1/p' "$list"
    exit
    ;;
  *) fail "setup knows the option --list, not $1" ;;
esac

# has PACKAGE: a package counts as there when Debian says so, or when a program of its name came from elsewhere.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p') ||
  fail "this needs Debian 12: there is no dpkg-query here"
has() {
  case $1 in
    npm:*) npm_has "${1#npm:}" ;;
    *) grep -qxF -- "$1" <<<"$installed" || [ -x "/usr/bin/$1" ] ;;
  esac
}

# npm_has NAME@VERSION: installed in /usr/local, where the build looks for it.
npm_has() {
  grep -qsF "\"version\": \"${1##*@}\"" "/usr/local/lib/node_modules/${1%@*}/package.json"
}

debian=()
npm=()
wanted=0
while IFS='|' read -r _ package _ reason _; do
  # The rows of its table begin with a package's name between backquotes.
  [[ $package =~ ^\ \`([^\`]+)\`\ *$ ]] || continue
  package=${BASH_REMATCH[1]}
  wanted=$((wanted + 1))
  has "$package" && continue
  [ ${#debian[@]} -gt 0 ] || [ ${#npm[@]} -gt 0 ] || echo "Installing what this machine lacks:" >&2
  printf '  %-24s%s\n' "$package" "$reason" >&2
  case $package in
    npm:*) npm+=("${package#npm:}") ;;
    *) debian+=("$package") ;;
  esac
done <"$list"
[ "$wanted" -gt 0 ] || fail "$list names no package"
if [ ${#debian[@]} -eq 0 ] && [ ${#npm[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "installing packages needs root: run ./pip setup as root, or install sudo"
  as_root=(sudo)
fi
if [ ${#debian[@]} -gt 0 ]; then
  "${as_root[@]}" apt-get update -q >&2 || fail "apt-get update failed: is a Debian mirror reachable?"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${debian[@]}" >&2 || fail "apt-get could not install: ${debian[*]}"
fi
if [ ${#npm[@]} -gt 0 ]; then
  "${as_root[@]}" npm install --global --prefix /usr/local "${npm[@]}" >&2 || fail "npm could not install: ${npm[*]}"
fi
# A running Bazel has seen the machine without them.
if [ ${#debian[@]} -gt 0 ] && command -v bazel >/dev/null; then bazel shutdown >&2; fi
