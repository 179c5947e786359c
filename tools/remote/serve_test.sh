#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The cache server gives what it was given, in the layout of Bazel's disk cache, and nothing else; it refuses what a
# stranger might try, and leaves nothing running.
set -uo pipefail
work=$(mktemp -d)
failures=0
wrong() {
  echo "FAIL $*"
  failures=$((failures + 1))
}
server=
# start OPTION...: on a port of its own; waits until it answers.
start() {
  local try
  port=$(bash tools/remote/free_port.sh)
  bash tools/remote/serve.sh --port "$port" "$@" >"$work/log" 2>&1 &
  server=$!
  for ((try = 0; try < 300; try++)); do
    curl --silent --output /dev/null "http://127.0.0.1:$port/" && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  cat "$work/log"
  wrong "the server does not answer"
  exit 1
}
stop() {
  kill "$server" && wait "$server"
  if curl --silent --output /dev/null "http://127.0.0.1:$port/"; then wrong "it still answers after its end"; fi
}
# answers STATUS PATH CURL-ARGUMENT...
answers() {
  local expected=$1 path=$2 status
  shift 2
  status=$(curl --silent --path-as-is --output "$work/body" --write-out '%{http_code}' "$@" \
    "http://127.0.0.1:$port$path")
  [ "$status" = "$expected" ] || wrong "$* $path: expected $expected, got $status"
}
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

head -c 3000000 /dev/urandom >"$work/result"
hash=$(sha256sum "$work/result" | cut -d ' ' -f 1)
folder="$work/a folder"
mkdir "$folder"
start "$folder"
answers 404 "/cas/$hash"
answers 201 "/cas/$hash" --upload-file "$work/result"
answers 200 "/cas/$hash"
cmp "$work/result" "$work/body" || wrong "it gives something else than it got"
answers 200 "/cas/$hash" --head
cmp "$work/result" "$folder/cas/${hash:0:2}/$hash" || wrong "not where a disk cache has it"
answers 204 "/cas/$hash" --upload-file "$work/result"
answers 404 "/ac/$hash"
# What is no cache entry: other names, other folders, ways out.
answers 404 /
answers 404 /cas/
answers 404 "/cas/${hash:0:2}/$hash"
answers 404 "/cas/${hash:1}"
answers 404 "/cas/${hash^^}"
answers 404 "/other/$hash" --upload-file "$work/result"
answers 404 "/cas/$hash.txt" --upload-file "$work/result"
answers 400 "/../../../../../../etc/passwd"
answers 404 "/cas/..%2f..%2f..%2fetc%2fpasswd"
for method in DELETE PROPFIND MKCOL LOCK POST COPY; do answers 403 "/cas/$hash" --request "$method"; done
answers 405 "/cas/$hash" --request TRACE
[ "$(find "$folder" -type f | wc -l)" -eq 1 ] || wrong "there is more than was sent: $(find "$folder" -type f)"
# A message that breaks off leaves no entry: half a result must never be one.
other=$(printf x | sha256sum | cut -d ' ' -f 1)
printf 'PUT /cas/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nbegin' "$other" |
  timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; cat >&3"
sleep 1
answers 404 "/cas/$other"
stop

start --read-only "$folder"
answers 200 "/cas/$hash"
answers 403 "/cas/$hash" --upload-file "$work/result"
answers 403 "/ac/$hash" --upload-file "$work/result"
stop

# refused TEXT ARGUMENT...: in one line of its own, with status 2.
refused() {
  local text=$1 output status=0
  shift
  output=$(timeout 20 bash tools/remote/serve.sh "$@" 2>&1) || status=$?
  if [ "$status" -ne 2 ] || [ "$(wc -l <<<"$output")" -ne 1 ] || [[ $output != "cache-server: "*"$text"* ]]; then
    wrong "serve.sh $*: expected '$text' and status 2, got status $status and $output"
  fi
}
refused 'serve which folder'
refused 'one folder' "$work" "$work"
refused 'not a port: 0' --port 0 "$work"
refused 'not a port: 99999' --port 99999 "$work"
refused 'no address nonsense.invalid is known' --address nonsense.invalid "$work"
refused '192.0.2.1 is no address of this machine' --address 192.0.2.1 "$work"
start "$folder"
refused "port $port of 127.0.0.1 is in use" --port "$port" "$work"
stop
refused 'not an address' --address $'x\nUser root' "$work"
refused 'cannot be told' "$work/a\"b"
refused 'no such folder' --read-only "$work/nowhere"
[ "$failures" -eq 0 ] && echo "PASS cache server"
exit $((failures > 0))
