/* SPDX-License-Identifier: Apache-2.0
 *
 * pip/stdio.h over the formatter and Pip_Debug_Putc.
 */
#include "pip/stdio.h"

#include <stdint.h>

#include "libpip/c/format.h"
#include "pip/api.h"

int putchar(int character) {
  Pip_Debug_Putc((char)character);
  return (unsigned char)character;
}

int puts(const char* text) {
  for (; *text != '\0'; ++text) {
    Pip_Debug_Putc(*text);
  }
  Pip_Debug_Putc('\n');
  return 0;
}

static void put_on_console(void* target, char character) {
  (void)target;
  Pip_Debug_Putc(character);
}

int vprintf(const char* format, va_list arguments) { return (int)pip_format(put_on_console, NULL, format, arguments); }

int printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vprintf(format, arguments);
  va_end(arguments);
  return length;
}

int vsnprintf(char* buffer, size_t size, const char* format, va_list arguments) {
  return (int)pip_format_to_memory(buffer, size, format, arguments);
}

int snprintf(char* buffer, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(buffer, size, format, arguments);
  va_end(arguments);
  return length;
}

int sprintf(char* buffer, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  /* No limit is known; the end of the address space is one. */
  const int length = vsnprintf(buffer, SIZE_MAX - (uintptr_t)buffer, format, arguments);
  va_end(arguments);
  return length;
}
