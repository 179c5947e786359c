/* SPDX-License-Identifier: Apache-2.0
 *
 * ARMv7 has no ports: the root partition has its devices in its address space (pip/arch/layout.h).
 */
#ifndef PIP_ARCH_PORTS_H_
#define PIP_ARCH_PORTS_H_
#endif /* PIP_ARCH_PORTS_H_ */
