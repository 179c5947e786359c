/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of <string.h> that partitions use; the compiler calls the first four itself.
 */
#ifndef PIP_STRING_H_
#define PIP_STRING_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As in C11. */
void* memcpy(void* destination, const void* source, size_t size);
void* memmove(void* destination, const void* source, size_t size);
void* memset(void* destination, int value, size_t size);
int memcmp(const void* left, const void* right, size_t size);
size_t strlen(const char* text);
size_t strnlen(const char* text, size_t limit);
int strcmp(const char* left, const char* right);
int strncmp(const char* left, const char* right, size_t limit);
char* strcpy(char* destination, const char* source);
char* strncpy(char* destination, const char* source, size_t size);
char* strcat(char* destination, const char* source);
char* strchr(const char* text, int character);

#ifdef __cplusplus
}
#endif

#endif /* PIP_STRING_H_ */
