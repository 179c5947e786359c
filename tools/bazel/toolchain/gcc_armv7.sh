#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The C and C++ compiler for ARMv7-A: Debian's arm-none-eabi-gcc, with the headers of its C++ library.
if [ ! -x /usr/bin/arm-none-eabi-gcc ]; then
  echo "arm-none-eabi-gcc is missing: install the Debian package gcc-arm-none-eabi (./pip setup does it)" >&2
  exit 127
fi
# gcc gives back a file's name as it is when it cannot find it.
if [ "$(/usr/bin/arm-none-eabi-gcc -print-file-name=libstdc++.a)" = libstdc++.a ]; then
  echo "arm-none-eabi-gcc has no C++: install libstdc++-arm-none-eabi-newlib of Debian (./pip setup does it)" >&2
  exit 127
fi
exec /usr/bin/arm-none-eabi-gcc "$@"
