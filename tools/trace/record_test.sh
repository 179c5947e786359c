#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# record_test.sh TUTORIAL MISTAKES SCHEDULER ARMV7: what is known of these images from their sources is in the
# kernel's events, in each format; babeltrace2 opens what is CTF, protoc what is for Perfetto. Kernel traces that are
# not what they should be are refused with one line.
set -uo pipefail
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong() {
  printf 'FAIL %s\n' "$*" >&2
  failures=$((failures + 1))
}
record() {
  tools/trace/record.sh "$PWD" "$1.image" "$work/$2" perfetto,ctf,text >"$work/out" 2>&1 || {
    cat "$work/out" >&2
    wrong "$1: not recorded"
  }
}
# same NAME WHAT ONE OTHER
same() {
  [ "$3" = "$4" ] || wrong "$1: $2: $3, not $4"
}

# decode FILE: a Perfetto trace as text, with the fields that we know.
decode() {
  ../debian/protoc --decode=pip.perfetto.Trace tools/trace/track_event.proto <"$1" >"$work/decoded"
}
# perfetto NAME: its trace for Perfetto is well formed and has the kernel's calls.
perfetto() {
  decode "$work/$1/perfetto.pftrace" || wrong "$1: protoc does not read it"
  python3 tools/trace/perfetto_check.py "$work/decoded" "$work/$1/events.txt" || wrong "$1: perfetto.pftrace"
}

# The fields are Perfetto's: Chromium, which writes such traces too, has each of them where we have it.
HOME=$work timeout 100 ../debian/chromium --headless --no-sandbox --disable-gpu --trace-startup='*' \
  --trace-startup-format=proto --trace-startup-file="$work/chromium.pftrace" --trace-startup-duration=1 \
  --virtual-time-budget=5000 --dump-dom 'data:text/html,<p>page</p>' >"$work/out" 2>&1
decode "$work/chromium.pftrace" || wrong "protoc does not read Chromium's trace: $(cat "$work/out")"
python3 tools/trace/perfetto_check.py --foreign "$work/decoded" || wrong "Chromium's trace has not our fields"

# The scheduler of the tutorial: three children are made and deleted, one crashes, twelve ticks are shared out.
record "$1" tutorial
events=$work/tutorial/events.txt
for pair in 'createPartition 3' 'deletePartition 3' 'fault 1' 'interrupt 12'; do
  same tutorial "${pair% *}" "$(grep -c "  ${pair% *} " "$events")" "${pair#* }"
done
grep -q '  fault vector=0x6 -> ' "$events" || wrong "tutorial: the fault is no invalid instruction"
../debian/babeltrace2 "$work/tutorial/ctf" >"$work/babel" || wrong "tutorial: babeltrace2 does not open it"
same tutorial "events of CTF" "$(wc -l <"$work/babel")" "$(wc -l <"$events")"
grep -qE ' fault: \{ .*status = 0, reason = "done", vector = 0x6 \}' "$work/babel" || wrong "tutorial: no fault in CTF"
perfetto tutorial

# Refusals have their reason.
record "$2" mistakes
grep -qE '  addVAddr .*: no table is prepared for the address in the child$' "$work/mistakes/events.txt" ||
  wrong "mistakes: no refusal"
../debian/babeltrace2 "$work/mistakes/ctf" >"$work/babel"
grep -q 'reason = "the target has no readable VIDT"' "$work/babel" ||
  wrong "mistakes: CTF has no reason"

# The EDF scheduler: its events stand between those of the kernel, and each has its tick's interrupt just before it.
record "$3" scheduler
../debian/babeltrace2 "$work/scheduler/ctf" >"$work/babel" || wrong "scheduler: babeltrace2 does not open it"
lines=$(grep -cE '^@ [0-9]+ ' "$work/scheduler/serial.txt")
calls=$(wc -l <"$work/scheduler/events.txt")
same scheduler "events of CTF" "$(wc -l <"$work/babel")" "$((lines - 1 + calls))"
awk '
  / tick = 0,/ { next }
  / tick = / { if (!after) bad = 1; next }
  { after = / interrupt: / && /vector = 0x20/ }
  END { exit bad }' "$work/babel" || wrong "scheduler: an event without its tick"
perfetto scheduler

# Of a broken file for Perfetto, the check says so.
broken() {
  sed "$2" "$work/decoded" >"$work/broken"
  cmp -s "$work/decoded" "$work/broken" && wrong "$1: nothing broken"
  python3 tools/trace/perfetto_check.py "$work/broken" "$work/tutorial/events.txt" 2>/dev/null && wrong "$1: accepted"
}
decode "$work/tutorial/perfetto.pftrace"
broken "a call's time" '0,/timestamp: [1-9]/s/timestamp: \([1-9]\)/timestamp: 1\1/'
broken "an end missing" '0,/TYPE_SLICE_END/s/TYPE_SLICE_END/TYPE_INSTANT/'
broken "a track that is none" '0,/track_uuid: /s/track_uuid: /track_uuid: 9/'
broken "a field that is none" '0,/type: /s/type: /99: /'

# ARMv7, through the second serial port: the nanny's beaver, which calls each service.
record "$4" armv7
for call in createPartition countToMap prepare addVAddr removeVAddr mappedInChild deletePartition collect yield \
  getIntState setIntState interrupt fault; do
  grep -qE "  $call( |\$)" "$work/armv7/events.txt" || wrong "armv7: no $call"
done
grep -qE '  fault vector=0x[0-2] -> ' "$work/armv7/events.txt" || wrong "armv7: no fault of this machine"
perfetto armv7
../debian/babeltrace2 "$work/armv7/ctf" >"$work/babel" || wrong "armv7: babeltrace2 does not open it"
same armv7 "events of CTF" "$(wc -l <"$work/babel")" "$(wc -l <"$work/armv7/events.txt")"

# refused NAME REASON: the trace in $work/bad.
refused() {
  local output word
  for word in "events $work/bad" "perfetto --kernel $work/bad -o $work/none" "ctf --kernel $work/bad -o $work/none"; do
    # shellcheck disable=SC2086
    output=$(tools/trace/trace $word 2>&1)
    same "$1" "exit status" $? 2
    same "$1" lines "$(wc -l <<<"$output")" 1
    grep -qF -- "$2" <<<"$output" || wrong "$1: says $output"
  done
}
good=$work/tutorial/kernel.trace
head -c 3000 "$good" >"$work/bad" && refused "cut in a record" 'the trace was cut off'
: >"$work/bad" && refused "empty" 'there is no kernel trace'
tail -c +33 "$good" >"$work/bad" && refused "without its beginning" 'no beginning'
{ head -c 64 "$good" && head -c 64 "$good"; } >"$work/bad" && refused "two in one" 'a second beginning'
head -c -32 "$good" >"$work/bad" && refused "cut between records" 'no end'
head -c 3200 "$good" >"$work/bad" && refused "cut in the middle" 'no end'
{ cat "$good" && tail -c 32 "$good"; } >"$work/bad" && refused "longer than its end" 'a record after the end'
{ head -c 320 "$good" && tail -c +353 "$good"; } >"$work/bad" && refused "a call missing" 'no record to be missing'
first_yield=$(grep -n ' -> ' "$events" | head -n 1 | cut -d : -f 1)
{ head -c "$((32 * first_yield))" "$good" && tail -c +"$((32 * first_yield + 33))" "$good"; } >"$work/bad"
refused "a yield missing" 'no record to be missing'
{ head -c 64 "$good" && tail -c 64 "$good" && tail -c +65 "$good"; } >"$work/bad" && refused "out of order" 'expected'
head -c 3000 "$good" >"$work/part" && tools/trace/trace seal "$work/part" >"$work/bad"
same "stopped in a record" events "$(tools/trace/trace events "$work/bad" | wc -l)" $((3000 / 32 - 1))
head -c 4096 /dev/urandom >"$work/bad" && refused garbage 'begins no record'
cp "$good" "$work/bad" && printf '\xFF' | dd of="$work/bad" bs=1 seek=32 conv=notrunc status=none
refused "a status that is none" 'status 255'
cp "$good" "$work/bad" && printf '\x63' | dd of="$work/bad" bs=1 seek=33 conv=notrunc status=none
refused "a kind that is none" 'begins no record'
output=$(tools/trace/trace ctf "$work/scheduler/serial.txt" --kernel "$good" -o "$work/none" 2>&1) &&
  wrong "two runs in one are accepted"
grep -q 'both of one run' <<<"$output" || wrong "two runs in one: says $output"
output=$(tools/trace/trace perfetto 2>&1) && wrong "a trace of nothing is accepted"
grep -q 'which trace' <<<"$output" || wrong "nothing: says $output"
[ ! -e "$work/none" ] || wrong "a refused trace leaves files"
exit "$((failures > 0))"
