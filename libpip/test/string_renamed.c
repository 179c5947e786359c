/* SPDX-License-Identifier: Apache-2.0
 *
 * c/string.c, compiled with other names for what it defines.
 */
#define memcpy pip_test_memcpy
#define memmove pip_test_memmove
#define memset pip_test_memset
#define memcmp pip_test_memcmp
#define strlen pip_test_strlen
#define strnlen pip_test_strnlen
#define strcmp pip_test_strcmp
#define strncmp pip_test_strncmp
#define strcpy pip_test_strcpy
#define strncpy pip_test_strncpy
#define strcat pip_test_strcat
#define strchr pip_test_strchr

#include "libpip/c/string.c"  // NOLINT(bugprone-suspicious-include): these functions, under other names
