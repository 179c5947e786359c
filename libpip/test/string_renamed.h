/* SPDX-License-Identifier: Apache-2.0
 *
 * libpip's string functions as pip_test_NAME, so that the host's can stand beside them.
 */
#ifndef LIBPIP_TEST_STRING_RENAMED_H_
#define LIBPIP_TEST_STRING_RENAMED_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void* pip_test_memcpy(void* destination, const void* source, size_t size);
void* pip_test_memmove(void* destination, const void* source, size_t size);
void* pip_test_memset(void* destination, int value, size_t size);
int pip_test_memcmp(const void* left, const void* right, size_t size);
size_t pip_test_strlen(const char* text);
size_t pip_test_strnlen(const char* text, size_t limit);
int pip_test_strcmp(const char* left, const char* right);
int pip_test_strncmp(const char* left, const char* right, size_t limit);
char* pip_test_strcpy(char* destination, const char* source);
char* pip_test_strncpy(char* destination, const char* source, size_t size);
char* pip_test_strcat(char* destination, const char* source);
char* pip_test_strchr(const char* text, int character);

#ifdef __cplusplus
}
#endif

#endif /* LIBPIP_TEST_STRING_RENAMED_H_ */
