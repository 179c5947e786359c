#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The C and C++ compiler for i386: Debian's gcc, which needs its 32-bit half for headers and libgcc.
if [ ! -x /usr/bin/gcc ]; then
  echo "gcc is missing: install the Debian package gcc (./pip setup does it)" >&2
  exit 127
fi
# gcc gives back a file's name as it is when it cannot find it.
for file in 32/libgcc.a 32/libstdc++.a; do
  if [ "$(/usr/bin/gcc -print-file-name="$file")" = "$file" ]; then
    echo "gcc cannot compile for i386: install the Debian package g++-multilib (./pip setup does it)" >&2
    exit 127
  fi
done
exec /usr/bin/gcc "$@"
