/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's statuses by name, for the test that compares them with libpip's.
 */
#ifndef LIBPIP_TEST_STATUS_OF_KERNEL_H_
#define LIBPIP_TEST_STATUS_OF_KERNEL_H_

#ifdef __cplusplus
extern "C" {
#endif

/* What the kernel's sources call this number, or NULL. */
const char* pip_test_kernel_status_name(int number);

#ifdef __cplusplus
}
#endif

#endif /* LIBPIP_TEST_STATUS_OF_KERNEL_H_ */
