# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the runners of QEMU and Bochs share: options, the manifest of an image, and the verdict on a run.
# The runners read the variables that are set here.
# shellcheck disable=SC2034

die() {
  printf '%s\n' "$*" >&2
  exit 2
}

# The program to call: the one given by the environment ($1), else $2 as Bazel provides it beside this repository.
program() {
  realpath -s "${1:-../debian/$2}"
}

# The runner says before which these are, separated by spaces.
known_architectures=

# Sets the options below and the image: kernel, root, modules (file names and command lines), in the same order.
memory=
seconds=60
expect=pass
last_words=
icount=
must_print=()
machine_options=()
read_options() {
  local manifest='' kind path text
  while [ $# -gt 0 ]; do
    case $1 in
      --icount)
        icount=yes
        shift
        continue
        ;;
      --*) [ $# -gt 1 ] || die "$1 needs a value" ;;
    esac
    case $1 in
      --memory) memory=$2 ;;
      --seconds) seconds=$2 ;;
      --expect) expect=$2 ;;
      --last-words) last_words=$2 ;;
      --must-print) must_print+=("$2") ;;
      --qemu-option) machine_options+=("$2") ;;
      --*)
        die "unknown option $1; known: --memory --seconds --icount --expect --last-words --must-print --qemu-option"
        ;;
      *)
        [ -z "$manifest" ] || die "one image at a time: $manifest and $1"
        manifest=$1
        shift
        continue
        ;;
    esac
    shift 2
  done
  case $expect in pass | last_words) ;; *) die "--expect is pass or last_words, not $expect" ;; esac
  [ -n "$manifest" ] || die "which image? Give the .image file of a pip_image"
  [ -f "$manifest" ] || die "no such image: $manifest"
  arch='' kernel='' kernel_arguments='' packed='' flat='' files=() arguments=()
  while IFS=$'\t' read -r kind path text; do
    case $kind in
      arch) arch=$path ;;
      packed) packed=$PWD/$path ;;
      flat) flat=$PWD/$path ;;
      kernel)
        kernel=$PWD/$path
        kernel_arguments=$text
        ;;
      root | module)
        files+=("$PWD/$path")
        arguments+=("$text")
        ;;
      *) die "$manifest: unknown kind of line: $kind" ;;
    esac
  done <"$manifest"
  case " $known_architectures " in
    *" $arch "*) ;;
    *) die "$manifest: this runner knows the architectures $known_architectures, not $arch" ;;
  esac
}

# The verdict on a run, from the serial output (file $1) and from how it ended ($2: off, failed, reset, timeout or
# broken). Prints why a run is not what was expected.
judge() {
  local serial=$1 ending=$2 line pattern
  line=$(tr -d '\r' <"$serial" | grep -v '^[[:space:]]*$' | tail -n 1)
  case $ending in
    timeout) complain "the machine was still running after $seconds s; last line: ${line:-none}" ;;
    reset) complain "the machine reset itself; last line: ${line:-none}" ;;
    broken) complain "the emulator itself failed; last line: ${line:-none}" ;;
  esac
  [ -n "$line" ] || complain "the guest said nothing on the serial port"
  for pattern in "${must_print[@]}"; do
    # No pipe: grep ends at the first match, and the pipe would fail with what writes to it.
    grep -qE -- "$pattern" <(tr -d '\r' <"$serial") || complain "no line matches: $pattern"
  done
  if [ "$expect" = pass ]; then
    case $line in
      'PASS '* | PASS) ;;
      'FAIL '* | FAIL) complain "the guest says: $line" ;;
      *) complain "the last line is neither PASS nor FAIL: $line" ;;
    esac
    [ "$ending" = off ] || complain "the guest says PASS but did not power off (it $ending)"
  else
    [ "$ending" = failed ] || complain "the kernel should have stopped the machine with a failure exit (it $ending)"
    case $line in PASS* | FAIL*) complain "last words of the kernel expected, not: $line" ;; esac
    printf '%s\n' "$line" | grep -qE -- "${last_words:-.}" || complain "last words do not match '$last_words': $line"
  fi
}

complain() {
  printf 'FAIL run: %s\n' "$1" >&2
  exit 1
}
