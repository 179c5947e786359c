# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the words of ./pip share. They run at the top of the repository.

# Ctrl-C ends the whole word, not only the program that runs.
trap 'exit 130' INT

# A user's mistake: one line, and exit status 2.
complain() {
  printf 'pip: %s\n' "$*" >&2
  exit 2
}

# The lines of a word's file that begin with #: are its help; the first of them is USAGE, two spaces or more, SUMMARY.
help_lines() {
  sed -n 's/^#: \{0,1\}//p' "tools/cli/$1.sh"
}

help() {
  printf 'usage: ./pip %s\n' "$(help_lines "$1" | sed -n '1s/   *.*//p')"
  help_lines "$1" | tail -n +2
}

summary() {
  printf '  %-34s %s\n' "$(help_lines "$1" | sed -n '1s/   *.*//p')" "$(help_lines "$1" | sed -n '1s/.*   *//p')"
}

# user_file NAME: a file that the user names, who stands where ./pip was called, seen from the top of the repository.
user_file() {
  case $1 in
    /* | '') printf '%s\n' "$1" ;;
    *)
      if [ "${PIP_CALLED_FROM:-.}" -ef . ]; then
        printf '%s\n' "$1"
      else
        printf '%s\n' "${PIP_CALLED_FROM%/}/$1"
      fi
      ;;
  esac
}

# tree_folder NAME: a folder of the repository as Bazel names it. NAME is seen from the top, or, where there is no such
# folder, or it begins with a dot, from where the user stands.
tree_folder() {
  local folder=$1
  case $folder in
    .*) folder=$(user_file "$1") ;;
    *) [ -d "$folder" ] || folder=$(user_file "$1") ;;
  esac
  folder=$(realpath -m --relative-to=. -- "$folder")
  [ -d "$folder" ] || return
  case $folder in
    .. | ../*) return 1 ;;
    .) ;;
    *) printf '%s\n' "$folder" ;;
  esac
}

# make_folder FOLDER: for files that come later; when the word ends and nothing came, what was made goes away again.
made_folders=()
make_folder() {
  local reason folder=$1
  until [ -d "$folder" ]; do
    made_folders+=("$folder")
    folder=$(dirname -- "$folder")
  done
  trap drop_folders EXIT
  reason=$(LC_ALL=C mkdir -p -- "$1" 2>&1) || complain "the folder $1 cannot be made: ${reason##*: }"
}
drop_folders() {
  [ ${#made_folders[@]} -eq 0 ] || rmdir -- "${made_folders[@]}" 2>/dev/null || true
}

# cache_folder USER: where Bazel keeps the results that clones share; its ~ is of /etc/passwd, whatever HOME is.
cache_folder() {
  printf '%s/.cache/pip-bazel\n' "$(getent passwd "$1" | cut -d : -f 6)"
}

# Installs what is missing; quick when nothing is.
ensure_machine() {
  bash tools/setup/install.sh
}

# call_bazel COMMAND ARGUMENT...: with plain output where nobody watches. startup_options, where a word sets them, come
# before the command.
startup_options=()
call_bazel() {
  local command=$1
  shift
  if [ -t 2 ]; then
    bazel "${startup_options[@]}" "$command" "$@"
  else
    bazel "${startup_options[@]}" "$command" --curses=no --color=no --show_progress_rate_limit=20 "$@"
  fi
}

# image_label IMAGE [ARCH]: the label of a pip_image, from a label or from the folder that has it: as `image`, and for
# another architecture than x86 as `image_ARCH`.
image_label() {
  local folder target=image
  [ "${2:-x86}" = x86 ] || target=image_$2
  case $1 in
    //*:*) printf '%s\n' "$1" ;;
    //*) printf '%s:%s\n' "$1" "${1##*/}" ;;
    *)
      if ! folder=$(tree_folder "$1") || [ ! -f "./$folder/BUILD" ]; then
        complain "no such image: $1 is no folder here with a BUILD file (./pip run --help)"
      fi
      [ "$target" = image ] || grep -qF "\"$target\"" "./$folder/BUILD" ||
        complain "$1/BUILD has no target $target"
      printf '//%s:%s\n' "$folder" "$target"
      ;;
  esac
}

# The values of options, as `variable=$(arch_name "$1" "${2:-}")`: VALUE, if it is one.
arch_name() {
  case $2 in
    x86 | armv7) printf '%s\n' "$2" ;;
    *) complain "$1 is x86 or armv7, not ${2:-empty}" ;;
  esac
}

memory_size() {
  [[ $2 =~ ^[1-9][0-9]*[MG]$ ]] || complain "$1 is a number with M or G, such as 64M, not ${2:-empty}"
  printf '%s\n' "$2"
}

whole_number() {
  [[ $2 =~ ^[1-9][0-9]*$ ]] || complain "$1 is a whole number above 0, not ${2:-empty}"
  printf '%s\n' "$2"
}

port_number() {
  if ! [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || [ "$2" -gt 65535 ]; then
    complain "$1 is a port from 1 to 65535, not ${2:-empty}"
  fi
  printf '%s\n' "$2"
}

# exec_on_image PROGRAM LABEL ARGUMENT...: ends by starting a program, built before, with the folder in which the
# image's files are, the image's manifest, and the arguments.
exec_on_image() {
  local program=$1 manifest=${2#//} folder
  manifest=${manifest/://}
  shift 2
  folder=$(bazel info --ui_event_filters=-info bazel-bin 2>/dev/null)/$manifest.runfiles/pip
  exec bazel run --noshow_progress --show_result=0 --ui_event_filters=-info,-debug --curses=no -- \
    "$program" "$folder" "$manifest.image" "$@"
}
