#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The words of ./pip: a mistake gets one line and exit status 2, help is there, and the tests are counted right, with a
# bazel that only pretends.
set -uo pipefail
failures=0

wrong() {
  printf '%s\n' "$*" >&2
  failures=$((failures + 1))
}

# refused TEXT ARGUMENT...: one line with TEXT, and exit status 2.
refused() {
  local text=$1 output status
  shift
  output=$(./pip "$@" 2>&1)
  status=$?
  if [ "$status" -ne 2 ] || [ "$(wc -l <<<"$output")" -ne 1 ] || ! grep -qF -- "$text" <<<"$output"; then
    wrong "pip $*: expected status 2 and one line with '$text', got $status and: $output"
  fi
}

refused 'unknown word: dance' dance
refused 'unknown word: common' common
refused 'unknown word: ../../evil' ../../evil
refused 'unknown word: TEST' TEST
refused 'setup takes no argument' setup now
refused 'not the option --fast' build --fast
refused 'unknown option --fast' test --fast
refused 'no such folder: nowhere' test nowhere
refused 'which image' run
refused 'no such image: nowhere' run nowhere
refused 'one image' run //a:b //c:d
refused '--arch is' run --arch vax //a:b
refused '--arch is' stress --arch vax
refused '--memory is' run --memory much //a:b
refused '--memory is' run //a:b --memory
refused '--seconds is' run --seconds 0 //a:b
refused 'unknown option --speed' run --speed //a:b
refused 'unknown option --slow' verify --slow
refused 'no such workload: nowhere.json' demo nowhere.json
refused 'is not a file that can be read' demo tools
refused 'one workload, not both' demo pip tools
refused '--output needs a folder' demo --output
refused '--arch is' demo --arch vax
refused '--memory is' demo --memory huge
refused '--seconds is' demo --seconds 0
refused '--image is NAME=FILE' demo --image counter
refused 'there is no file nowhere.bin' demo --image counter=nowhere.bin
refused 'unknown option --fast' demo --fast
refused 'which trace' report
refused 'no such trace: nowhere.txt' report nowhere.txt
refused 'unknown option --svg' report --svg
refused 'a trace and a folder, and nothing else' report a b c
refused 'workload what' workload
refused 'bench knows scheduler, not kernel' bench kernel
refused 'unknown option --plot' bench --plot here.svg
refused '--plot needs a file name' bench scheduler --plot
refused 'there is no folder nowhere' bench scheduler --plot nowhere/here.svg
refused '--port is a port' debug --port 99999
refused '--gdb is a port' run --gdb x //a:b
refused 'no such image: nowhere' debug nowhere
refused 'unknown option --fast' inspect --fast
refused '--svg needs a file' inspect --svg
refused 'there is no folder nowhere' inspect --svg nowhere/tree.svg
refused 'trace which image' trace
refused 'no such image: nowhere' trace nowhere
refused '--format is' trace launcher --format vcd
refused '--output needs a folder' trace launcher --output
refused '--seconds is' trace launcher --seconds soon
refused 'unknown option --fast' trace --fast
refused 'one image' trace //a:b //c:d
refused 'docs takes a folder' docs --fast
refused 'docs takes one folder' docs a b
refused 'image of which kind' image
refused 'image knows the kinds iso, sd, oci and vm' image floppy
refused 'no such image: nowhere' image sd nowhere
mkdir -p plain
echo 'pip_image(name = "image")' >plain/BUILD
refused 'plain/BUILD has no target image_armv7' image sd plain
refused 'plain/BUILD has no target image_armv7' run --arch armv7 plain
refused 'no such image: nowhere' image iso nowhere
refused 'one image' image iso //a:b //c:d
refused '--output needs a file' image iso --output
refused 'unknown option --fast' image iso --fast
refused 'are for oci and vm' image iso --fresh
refused '--sources needs a file' image oci --sources nowhere.list
refused 'holds the whole tree' image vm launcher
refused 'unknown option --fast' image oci --fast
refused 'either --quick or --fresh' verify --quick --fresh
refused '--port is a port' cache-server --port 0
refused '--address is' cache-server --address 'any where'
refused 'no such folder: nowhere' cache-server nowhere
refused 'one folder, not both' cache-server tools pip
refused 'unknown option --fast' cache-server --fast
refused 'unknown option --tsv' bench scheduler --tsv here.tsv

overview=$(./pip --help)
for file in tools/cli/*.sh; do
  word=$(basename "$file" .sh)
  case $word in common | *_test) continue ;; esac
  output=$(./pip "$word" --help 2>&1) || wrong "pip $word --help fails"
  grep -q "^usage: ./pip $word" <<<"$output" || wrong "pip $word --help says: $output"
  grep -qE "^  $word( .*)?  +[^ ]" <<<"$overview" || wrong "pip --help does not list $word"
done
if ./pip >/dev/null; then wrong "pip without a word succeeds"; fi

# counts STATUS LAST-LINE BAZEL-STATUS EVENT...: what ./pip test makes of these events.
mkdir -p bin
cat >bin/bazel <<'BAZEL'
#!/bin/bash
for argument in "$@"; do
  case $argument in --build_event_json_file=*) cp events "${argument#*=}" ;; esac
done
exit "$(cat status)"
BAZEL
chmod +x bin/bazel
counts() {
  local expected=$1 line=$2 output status
  echo "$3" >status
  shift 3
  printf '%s\n' "$@" >events
  output=$(PATH=$PWD/bin:$PATH ./pip test 2>&1)
  status=$?
  if [ "$status" -ne "$expected" ] || [ "$(tail -n 1 <<<"$output")" != "$line" ]; then
    wrong "events $*: expected status $expected and '$line', got $status and: $output"
  fi
}
event() {
  printf '{"id":{"%s":{"label":"%s"}},%s}' "$1" "$2" "$3"
}
configured() {
  event targetConfigured "$1" "\"configured\":{\"targetKind\":\"$2 rule\"}"
}
summary() {
  event testSummary "$1" "\"testSummary\":{\"overallStatus\":\"$2\"}"
}
a=$(configured //a:a_test sh_test)
b=$(configured //b:b_test _emulator_test)
library=$(configured //c:c cc_library)
counts 0 '2 passed, 0 failed' 0 "$a" "$b" "$library" "$(summary //a:a_test PASSED)" "$(summary //b:b_test PASSED)"
counts 1 '1 passed, 1 failed' 3 "$a" "$b" "$(summary //a:a_test PASSED)" "$(summary //b:b_test FAILED)"
counts 1 '1 passed, 1 failed' 3 "$a" "$b" "$(summary //a:a_test TIMEOUT)" "$(summary //b:b_test PASSED)"
counts 1 '1 passed, 1 failed' 1 "$a" "$b" "$(summary //a:a_test PASSED)"
counts 1 '1 passed, 1 failed' 1 "$a" "$library" "$(summary //a:a_test PASSED)"
counts 1 '0 passed, 1 failed' 4 "$library"
counts 1 '0 passed, 1 failed' 0
counts 1 '0 passed, 1 failed' 1
skipped=$(event targetCompleted //b:b_test '"aborted":{"reason":"SKIPPED"}')
counts 0 '1 passed, 0 failed' 0 "$a" "$b" "$(summary //a:a_test PASSED)" "$skipped"

exit $((failures > 0))
