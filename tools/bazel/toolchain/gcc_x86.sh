#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The C and C++ compiler for i386: Debian's gcc, which needs its 32-bit half for headers and libgcc.
if [ ! -x /usr/bin/gcc ]; then
  echo "gcc is missing: install the Debian package gcc (./pip setup does it)" >&2
  exit 127
fi
if [ ! -f "$(/usr/bin/gcc -m32 -print-libgcc-file-name)" ]; then
  echo "gcc cannot compile for i386: install the Debian package g++-multilib (./pip setup does it)" >&2
  exit 127
fi
exec /usr/bin/gcc "$@"
