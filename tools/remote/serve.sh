#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Serves a folder as Bazel's HTTP cache, by Apache: serve.sh [--read-only] [--address A] [--port P] FOLDER. The folder
# is laid out as Bazel's own disk cache is, so that either can use it. It runs until it is told to end.
set -euo pipefail
address=127.0.0.1
port=8980
methods='GET HEAD PUT'
folder=
die() {
  printf 'cache-server: %s\n' "$*" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case $1 in
    --read-only) methods='GET HEAD' ;;
    --address | --port)
      [ -n "${2:-}" ] || die "$1 needs a value"
      declare "${1#--}=$2"
      shift
      ;;
    *)
      [ -z "$folder" ] || die "one folder, not both $folder and $1"
      folder=$1
      ;;
  esac
  shift
done
[ -n "$folder" ] || die "serve which folder?"
# They go into a configuration file, between quotes.
[[ $address =~ ^[0-9A-Za-z.:-]+$ ]] || die "not an address: ${address@Q}"
[[ $port =~ ^[1-9][0-9]{0,4}$ && $port -le 65535 ]] || die "not a port: $port; ports are 1 to 65535"
case $folder in *[\"\\\$%]* | *$'\n'*) die "Apache cannot be told of this folder: $folder" ;; esac
# Whether one can listen there at all: Apache would say so in words that do not help.
reason=$(
  python3 - "$address" "$port" 2>&1 <<'LISTEN'
import errno
import socket
import sys

address, port = sys.argv[1], int(sys.argv[2])
try:
    family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen()
except (socket.gaierror, UnicodeError):
    sys.exit(f"no address {address} is known: --address is a name or number of this machine (hostname -I lists them)")
except OSError as error:
    sys.exit({
        errno.EADDRINUSE: f"port {port} of {address} is in use: end the program that listens there (ss -ltnp tells "
        "which), or take another with --port",
        errno.EADDRNOTAVAIL: f"{address} is no address of this machine: hostname -I lists its own; 0.0.0.0 is all",
        errno.EACCES: f"port {port} is not for every user: take one from 1024 with --port",
    }.get(error.errno, f"nobody can listen on port {port} of {address}: {error.strerror}"))
LISTEN
) || die "$reason"
case $address in *:*) address="[${address#[}" address="${address%]}]" ;; esac
apache=$(PATH=$PATH:/usr/sbin command -v apache2) ||
  die "apache2 is missing: install the Debian package apache2-bin (./pip setup does it)"
case $methods in
  *PUT) mkdir -p "$folder"/{ac,cas}/{0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f}{0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f} ;;
  *) [ -d "$folder" ] || die "no such folder: $folder" ;;
esac
folder=$(realpath "$folder")

state=$(mktemp -d)
server=
# shellcheck disable=SC2317 # called by the traps
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" || true
  rm -rf "$state"
}
trap stop EXIT
trap 'exit 0' INT TERM
modules=/usr/lib/apache2/modules
cat >"$state/apache.conf" <<CONFIG
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule rewrite_module $modules/mod_rewrite.so
LoadModule dav_module $modules/mod_dav.so
LoadModule dav_fs_module $modules/mod_dav_fs.so
Listen $address:$port
ServerName localhost
ServerTokens Prod
PidFile "$state/pid"
DefaultRuntimeDir "$state"
DavLockDB "$state/locks"
ErrorLog "|\$/bin/cat 1>&2"
LogLevel warn
LogFormat "%m %U %>s"
CustomLog "|/bin/cat" "%m %U %>s"
DocumentRoot "$folder"
FileETag None
LimitRequestBody 0
TraceEnable Off
# Bazel asks for /ac/HASH and /cas/HASH; a disk cache has folders of the first two digits between. Nothing else is here.
RewriteEngine On
RewriteRule "^/(ac|cas)/([0-9a-f]{2})([0-9a-f]{62})\$" "/\$1/\$2/\$2\$3" [PT]
RewriteRule "^" "-" [R=404]
<Directory "$folder">
  Dav On
  AllowOverride None
  Options None
  <RequireAny>
    Require method $methods
  </RequireAny>
</Directory>
CONFIG
# Apache refuses to be root: it gets another name for the same user, in a name space of its own. Containers and chroots
# may forbid that: there it becomes nobody (65534), who keeps of root's powers only that of opening files.
renamed=()
if [ "$(id -u)" -eq 0 ]; then
  renamed=(unshare --user --map-user=1 --map-group=1 --)
  if ! "${renamed[@]}" true 2>/dev/null; then
    renamed=(setpriv --reuid=65534 --regid=65534 --clear-groups '--inh-caps=-all,+dac_override'
      --ambient-caps=+dac_override --)
    chown 65534:65534 "$state"
  fi
fi
"${renamed[@]}" "$apache" -D FOREGROUND -d "$state" -f "$state/apache.conf" &
server=$!
wait "$server"
