/* SPDX-License-Identifier: Apache-2.0
 *
 * The formatter behind printf and snprintf: writes through a function, so that it needs no buffer.
 *
 * Why our own: Debian has no freestanding printf for i386 (newlib and picolibc are packaged for bare ARM, and want a
 * C library around them), and what partitions print needs a few dozen lines.  test/format_test.cc compares it with the
 * host's snprintf over random formats.
 */
#ifndef LIBPIP_C_FORMAT_H_
#define LIBPIP_C_FORMAT_H_

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void pip_put_character(void* target, char character);

/* Formats as pip/stdio.h says, calls `put` for each character, and returns how many there were. */
size_t pip_format(pip_put_character* put, void* target, const char* format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* vsnprintf under a name of its own, so that the host's can stand beside it. */
size_t pip_format_to_memory(char* buffer, size_t size, const char* format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#ifdef __cplusplus
}
#endif

#endif /* LIBPIP_C_FORMAT_H_ */
