#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#: cache-server [FOLDER]   lets other machines use what this one has built and proved
#:
#: Serves a folder of Bazel's results, by default ~/.cache/pip-bazel where every build of Pip keeps them, until Ctrl-C.
#: Another machine then builds with ./pip and, in its ~/.bazelrc, build --remote_cache=http://THIS-MACHINE:8980.
#: docs/distributed-checking.md tells what it saves, and whom to trust.
#:
#:   --address 127.0.0.1   where to listen; 0.0.0.0 is every network that the machine is in
#:   --port 8980           the port
#:   --read-only           others may take results, not add their own
set -euo pipefail
. tools/cli/common.sh
folder=
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --address)
      [[ ${2:-} =~ ^[0-9A-Za-z.:-]+$ ]] || complain "--address is a name or number of this machine, not ${2:-empty}"
      options+=("$1" "$2")
      shift
      ;;
    --port)
      port=$(port_number "$1" "${2:-}")
      options+=("$1" "$port")
      shift
      ;;
    --read-only) options+=("$1") ;;
    -*) complain "unknown option $1; cache-server knows --address --port --read-only (./pip cache-server --help)" ;;
    *)
      [ -z "$folder" ] || complain "cache-server takes one folder, not both $folder and $1"
      folder=$(user_file "$1")
      ;;
  esac
  shift
done
[ -z "$folder" ] || [ -d "$folder" ] || complain "no such folder: $folder"
ensure_machine
folder=${folder:-$(cache_folder "$(id -un)")}
mkdir -p "$folder"
exec bash tools/remote/serve.sh "${options[@]}" "$folder"
