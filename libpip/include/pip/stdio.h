/* SPDX-License-Identifier: Apache-2.0
 *
 * Printing to the serial port, and formatting into memory.
 *
 * Formats as in C11, without floating point, %n and wide characters: flags "-0+ #", width and precision (also *), the
 * lengths hh h l ll j z t, the conversions d i u o x X c s p %.  An unknown conversion is printed as it stands.
 */
#ifndef PIP_STDIO_H_
#define PIP_STDIO_H_

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One character to the serial port. */
int putchar(int character);
/* The text and a line end. */
int puts(const char* text);
/* As in C11. */
int printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char* format, va_list arguments) __attribute__((format(printf, 1, 0)));
int sprintf(char* buffer, const char* format, ...) __attribute__((format(printf, 2, 3)));
/* Writes at most `size` bytes with the terminating 0; returns the length that the whole text has. */
int snprintf(char* buffer, size_t size, const char* format, ...) __attribute__((format(printf, 3, 4)));
/* The same with a list. */
int vsnprintf(char* buffer, size_t size, const char* format, va_list arguments) __attribute__((format(printf, 3, 0)));

#ifdef __cplusplus
}
#endif

#endif /* PIP_STDIO_H_ */
