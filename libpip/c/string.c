/* SPDX-License-Identifier: Apache-2.0
 *
 * pip/string.h, plainly.  Compiled with -fno-tree-loop-distribute-patterns, so that the compiler does not replace the
 * loop in memcpy by a call of memcpy.
 */
#include "pip/string.h"

#include <stdint.h>

/* What is copied and filled at once where the processor has no instruction for it: a few loads and stores of several
 * registers each. */
typedef struct __attribute__((may_alias)) {
  uint32_t words[8];
} line_t;

void* memcpy(void* destination, const void* source, size_t size) {
  unsigned char* to = destination;
  const unsigned char* from = source;
#if defined(__i386__)
  /* The processor copies whole lines at once; DF is 0 in C code. */
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
#else
  if (((uintptr_t)to | (uintptr_t)from) % sizeof(uint32_t) == 0) {
    for (; size >= sizeof(line_t); size -= sizeof(line_t), to += sizeof(line_t), from += sizeof(line_t)) {
      *(line_t*)to = *(const line_t*)from;
    }
  }
  while (size-- != 0) {
    *to++ = *from++;
  }
#endif
  return destination;
}

void* memmove(void* destination, const void* source, size_t size) {
  unsigned char* to = destination;
  const unsigned char* from = source;
  /* Compared as numbers: the two may belong to different objects. */
  if ((uintptr_t)to <= (uintptr_t)from || (uintptr_t)to - (uintptr_t)from >= size) {
    return memcpy(destination, source, size);
  }
  while (size-- != 0) {
    to[size] = from[size];
  }
  return destination;
}

void* memset(void* destination, int value, size_t size) {
  unsigned char* to = destination;
#if defined(__i386__)
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
#else
  if ((uintptr_t)to % sizeof(uint32_t) == 0) {
    const uint32_t word = (unsigned char)value * 0x01010101u;
    const line_t line = {{word, word, word, word, word, word, word, word}};
    for (; size >= sizeof(line_t); size -= sizeof(line_t), to += sizeof(line_t)) {
      *(line_t*)to = line;
    }
  }
  while (size-- != 0) {
    *to++ = (unsigned char)value;
  }
#endif
  return destination;
}

int memcmp(const void* left, const void* right, size_t size) {
  const unsigned char* a = left;
  const unsigned char* b = right;
  for (; size != 0; --size, ++a, ++b) {
    if (*a != *b) {
      return *a < *b ? -1 : 1;
    }
  }
  return 0;
}

size_t strlen(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') {
    ++length;
  }
  return length;
}

size_t strnlen(const char* text, size_t limit) {
  size_t length = 0;
  while (length < limit && text[length] != '\0') {
    ++length;
  }
  return length;
}

int strncmp(const char* left, const char* right, size_t limit) {
  for (; limit != 0; --limit, ++left, ++right) {
    const unsigned char a = (unsigned char)*left;
    const unsigned char b = (unsigned char)*right;
    if (a != b) {
      return a < b ? -1 : 1;
    }
    if (a == 0) {
      break;
    }
  }
  return 0;
}

int strcmp(const char* left, const char* right) { return strncmp(left, right, SIZE_MAX); }

char* strcpy(char* destination, const char* source) {
  memcpy(destination, source, strlen(source) + 1);
  return destination;
}

char* strncpy(char* destination, const char* source, size_t size) {
  const size_t length = strnlen(source, size);
  memcpy(destination, source, length);
  memset(destination + length, 0, size - length);
  return destination;
}

char* strcat(char* destination, const char* source) {
  memcpy(destination + strlen(destination), source, strlen(source) + 1);
  return destination;
}

char* strchr(const char* text, int character) {
  for (;; ++text) {
    if (*text == (char)character) {
      return (char*)(uintptr_t)text; /* as in the C standard, the result may be written to if the text may */
    }
    if (*text == '\0') {
      return NULL;
    }
  }
}
