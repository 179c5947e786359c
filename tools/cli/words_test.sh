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
pip=./pip
refused() {
  local text=$1 output status
  shift
  output=$("$pip" "$@" 2>&1)
  status=$?
  if [ "$status" -ne 2 ] || [ "$(wc -l <<<"$output")" -ne 1 ] || ! grep -qF -- "$text" <<<"$output"; then
    wrong "pip $*: expected status 2 and one line with '$text', got $status and: $output"
  fi
}

refused 'unknown word: dance' dance
refused 'unknown word: common' common
refused 'unknown word: dance' help dance
refused 'unknown word: ../../evil' ../../evil
refused 'unknown word: TEST' TEST
refused 'setup takes no argument' setup now
refused 'not the option --fast' build --fast
refused 'unknown option --fast' test --fast
refused 'leaves out of nothing' test -//launcher/... //nanny/...
refused 'no such folder: nowhere' test nowhere
refused 'no such folder: /' test /
refused 'no such folder: ..' test ..
refused 'no such folder: pip' test pip
refused 'which image' run
refused 'no such image: nowhere' run nowhere
refused 'one image' run //a:b //c:d
refused 'no such image: /' run /
refused 'no such image: ..' run ..
refused 'no such image: nowhere/..' run nowhere/..
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
refused 'name is empty' demo ''
refused 'the folder pip cannot be made: File exists' demo docs/dependencies.md --output pip
refused 'the folder pip/x cannot be made: Not a directory' demo docs/dependencies.md --output pip/x
refused '--output needs a folder' demo --output
refused '--arch is' demo --arch vax
refused '--memory is' demo --memory huge
refused '--seconds is' demo --seconds 0
refused '--image is NAME=FILE' demo --image counter
refused 'there is no file nowhere.bin' demo --image counter=nowhere.bin
: >"$TEST_TMPDIR/empty.bin"
refused 'empty.bin is empty' demo --image counter="$TEST_TMPDIR/empty.bin"
refused 'unknown option --fast' demo --fast
refused 'which trace' report
refused 'no such trace: nowhere.txt' report nowhere.txt
refused 'unknown option --svg' report --svg
refused 'no such trace: tools' report tools
refused 'the folder pip cannot be made: File exists' report docs/dependencies.md pip
refused 'a trace and a folder, and nothing else' report a b c
refused 'workload what' workload
refused 'bench knows scheduler, not kernel' bench kernel
refused 'unknown option --plot' bench --plot here.svg
refused '--plot needs a file name' bench scheduler --plot
refused 'there is no folder nowhere' bench scheduler --plot nowhere/here.svg
refused 'this is a folder' bench scheduler --plot tools
refused 'this is a folder' bench --tsv tools
refused '--port is a port' debug --port 99999
refused '--gdb is a port' run --gdb x //a:b
refused 'no such image: nowhere' debug nowhere
refused 'unknown option --fast' inspect --fast
refused '--svg needs a file' inspect --svg
refused '--at is the name of a function' inspect --at 'x; quit'
refused '--arch is' inspect --arch vax
refused '--arch is' debug --arch
refused '--arch is' trace launcher --arch mips
refused 'there is no folder nowhere' inspect --svg nowhere/tree.svg
refused 'this is a folder' inspect --svg tools
refused 'trace which image' trace
refused 'no such image: nowhere' trace nowhere
refused '--format is' trace launcher --format vcd
refused '--output needs a folder' trace launcher --output
refused '--seconds is' trace launcher --seconds soon
refused 'unknown option --fast' trace --fast
refused 'one image' trace //a:b //c:d
refused 'docs takes a folder' docs --fast
refused 'docs takes one folder' docs a b
refused 'the folder pip cannot be made: File exists' docs pip
refused 'image of which kind' image
refused 'image knows iso, sd, oci, vm and compare' image floppy
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
refused 'compare takes two images' image compare --fast
refused 'compare takes two images' image compare one
refused 'holds the whole tree' image vm launcher
refused 'unknown option --fast' image oci --fast
refused 'either --quick or --fresh' verify --quick --fresh
refused '--port is a port' cache-server --port 0
refused '--address is' cache-server --address 'any where'
refused 'no such folder: nowhere' cache-server nowhere
refused 'one folder, not both' cache-server tools pip
refused 'unknown option --fast' cache-server --fast
refused 'unknown option --tsv' bench scheduler --tsv here.tsv

# A clone where Bazel would refuse to work, also by a link that has no spaces.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/a clone/tools"
cp -L pip "$work/a clone"
cp -rL tools/cli "$work/a clone/tools"
ln -s "a clone" "$work/link"
for pip in "$work/a clone/pip" "$work/link/pip"; do
  refused "Bazel cannot build in a path with spaces, and this is \"$(realpath "$work")/a clone\": move the clone" test
done
"$work/a clone/pip" test --help >/dev/null || wrong "no help where the path has spaces"
pip=./pip

home=$(python3 -c 'import os, pwd; print(pwd.getpwuid(os.getuid()).pw_dir)')
[ "$(HOME=/nowhere bash -c '. tools/cli/common.sh && cache_folder "$(id -un)"')" = "$home/.cache/pip-bazel" ] ||
  wrong 'the folder of shared results is where HOME is, not where Bazel has it'

overview=$(./pip --help)
for file in tools/cli/*.sh; do
  word=$(basename "$file" .sh)
  case $word in common | *_test) continue ;; esac
  output=$(./pip "$word" --help 2>&1) || wrong "pip $word --help fails"
  [ "$(./pip help "$word" 2>&1)" = "$output" ] || wrong "pip help $word is not pip $word --help"
  grep -q "^usage: ./pip $word" <<<"$output" || wrong "pip $word --help says: $output"
  [ "$word" = workload ] || [ "$(./pip "$word" some --help 2>&1)" = "$output" ] || wrong "pip $word some --help differs"
  grep -qE "^  $word( .*)?  +[^ ]" <<<"$overview" || wrong "pip --help does not list $word"
done
if ./pip >/dev/null; then wrong "pip without a word succeeds"; fi

# A bazel that builds everything, and otherwise ends as the file `status` says.
mkdir -p bin/tools/workload
cat >bin/bazel <<'BAZEL'
#!/bin/bash
for argument in "$@"; do
  case $argument in --build_event_json_file=*) cp events "${argument#*=}" ;; esac
done
printf '%s\n' "$@" >>arguments
case $1 in
  build) ;;
  info) echo "$PWD/bin" ;;
  *) exit "$(cat status)" ;;
esac
BAZEL
cat >bin/tools/workload/workload <<'WORKLOAD'
#!/bin/bash
cat "$2"
WORKLOAD
chmod +x bin/bazel bin/tools/workload/workload

# elsewhere STATUS WORD...: a word, from the folder "else where", while bazel says STATUS; what it said is in `output`.
mkdir -p 'else where' plain
elsewhere() {
  echo "$1" >status
  shift
  rm -f arguments
  output=$(cd 'else where' && PATH=$OLDPWD/bin:$PATH ../pip "$@" 2>&1)
}
# asks ARGUMENT STATUS WORD...: bazel must be asked for ARGUMENT.
asks() {
  local argument=$1
  shift
  elsewhere "$@"
  grep -qxF -- "$argument" arguments || wrong "$*: bazel is not asked for $argument but for $(cat arguments): $output"
}
top=$(realpath .)
# nothing_left STATUS WORD...: when that fails, no folder is left of those that it made.
nothing_left() {
  elsewhere "$@"
  grep -qx run arguments || wrong "$*: bazel is not asked to run anything: $output"
  [ ! -e 'else where/new' ] || wrong "$*: leaves the folder that it made: $(find 'else where/new')"
}
nothing_left 2 trace ../plain --output new/folder
nothing_left 1 image iso ../plain --output new/folder/it.iso
nothing_left 1 docs new/folder
echo mine >'else where/my trace.txt'
asks "$top/else where/my trace.txt" 2 report 'my trace.txt'
[ ! -e 'else where/my trace-report' ] || wrong 'report: what is refused leaves its folder'
asks "$top/else where/my trace.txt" 2 demo 'my trace.txt' --output out
[ ! -e 'else where/out' ] || wrong 'demo: what is refused leaves its folder'
asks "$top/else where/my trace.txt" 0 demo 'my trace.txt' --output out
grep -qx 'FAIL my trace.txt: the trace does not bear out the verdict: none' <<<"$output" || wrong "demo: $output"
grep -qxF -- "$top/else where/out" arguments || wrong 'demo: --output is not where the user stands'
asks "$top/else where/drawing.svg" 0 bench scheduler --plot drawing.svg
elsewhere 0 workload check 'my trace.txt'
[ "$(tail -n 1 <<<"$output")" = mine ] || wrong "workload: does not find the file where the user stands: $output"
echo one >'else where/one.iso'
elsewhere 0 image compare one.iso './one.iso'
[ "$output" = 'the same bytes' ] || wrong "image compare: does not find the files where the user stands: $output"
for folder in plain/ ../plain "$top/plain"; do
  asks //plain:image 1 run "$folder"
  asks //plain/... 1 test "$folder"
done
asks //... 1 test ..
mkdir -p linked
cp -rL pip tools linked
ln -s ../linked/pip 'else where/link'
(cd 'else where' && ./link --help >/dev/null) || wrong 'pip does not work through a link'
asks //... 1 test "$top"

# counts STATUS LAST-LINE BAZEL-STATUS EVENT...: what ./pip test makes of these events.
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
