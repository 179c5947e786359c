#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# new_partition.sh NAME [--empty]: makes the folder NAME in the current folder, a copy of template/, or with --empty of
# empty/, with the name put in. Bad names get one line and exit status 2, and nothing is written.
set -euo pipefail

complain() {
  printf 'pip: new-partition: %s\n' "$*" >&2
  exit 2
}

template=$(dirname "${BASH_SOURCE[0]}")/template
names=()
for argument in "$@"; do
  case $argument in
    --empty) template=${template%/*}/empty ;;
    --*) complain "unknown option $argument; new-partition knows --empty (./pip new-partition --help)" ;;
    *) names+=("$argument") ;;
  esac
done
[ ${#names[@]} -eq 1 ] || complain "takes one name, for instance: ./pip new-partition hello"
name=${names[0]}

[ -n "$name" ] || complain "the name is empty; for instance: ./pip new-partition hello"
[[ $name =~ ^[a-z][a-z0-9-]*$ ]] ||
  complain "${name@Q} is no name: it must begin with a letter a-z and go on with a-z, 0-9 and -"
[ ${#name} -le 40 ] || complain "'$name' is too long: ${#name} characters, at most 40"
case $name in
  bazel | bazel-* | external) complain "'$name' means something to Bazel; take another name" ;;
esac
if [ -e "$name" ] || [ -L "$name" ]; then complain "$name exists already; take another name"; fi

mkdir "$name"
for file in BUILD README.md main.cc; do
  text=$(sed -e '/^# Not copied/,$d' -e "s/template_partition/$name/g" -e "s/template_folder/$name/g" "$template/$file")
  printf '%s\n' "$text" >"$name/$file"
done
echo "made $name/ (BUILD, README.md, main.cc). Try: ./pip run $name; ./pip test $name"
