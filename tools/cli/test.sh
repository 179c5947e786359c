#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: test [--nightly] [TARGET...]   runs all tests, or those of Bazel targets or folders
#:
#: Unit, property and machine tests, proofs, lint. Results that cannot have changed are not made again. The last line
#: is `N passed, N failed`, counting test targets; the exit status is 0 only if none failed and some passed.
#: With --nightly it runs the long campaigns instead, those with the tag "nightly", which have four hours each. A Bazel
#: target with - before it is left out; it comes after one that is not.
#:
#: Example: ./pip test launcher //pipcore/...
set -euo pipefail
. tools/cli/common.sh
targets=()
options=()
for target in "$@"; do
  case $target in
    --nightly)
      # Of a test, Bazel allows no more than an hour to be written in a BUILD file: size "enormous".
      options=(--test_tag_filters=nightly --build_tag_filters=nightly --build_tests_only)
      options+=("--test_timeout=-1,-1,-1,14400")
      ;;
    -//*)
      [ ${#targets[@]} -gt 0 ] || complain "$target leaves out of nothing: put what to test before it, such as //..."
      targets+=("$target")
      ;;
    -*) complain "unknown option $target; test takes Bazel targets or folders (./pip test --help)" ;;
    //* | @*) targets+=("$target") ;;
    *)
      folder=$(tree_folder "$target") || complain "no such folder: $target; test takes Bazel targets or folders"
      targets+=("//$folder${folder:+/}...")
      ;;
  esac
done
[ ${#targets[@]} -gt 0 ] || targets=(//...)
ensure_machine
events=$(mktemp)
trap 'rm -f "$events"' EXIT
status=0
call_bazel test --build_event_json_file="$events" "${options[@]}" -- "${targets[@]}" || status=$?
python3 tools/cli/count_tests.py "$events" "$status"
