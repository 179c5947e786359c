/* SPDX-License-Identifier: Apache-2.0
 *
 * The host has no ports: tests do not reach what needs them.
 */
#ifndef PIP_ARCH_PORTS_H_
#define PIP_ARCH_PORTS_H_
#endif /* PIP_ARCH_PORTS_H_ */
