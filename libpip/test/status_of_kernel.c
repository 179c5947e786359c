/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's statuses by name.  Without a default label, a status that the kernel adds is a warning here, and
 * warnings are errors.
 */
#include "libpip/test/status_of_kernel.h"

#include <stddef.h>

#include "pip/types.h"

const char* pip_test_kernel_status_name(int number) {
  switch ((pip_status_t)number) {
    case PIP_DONE:
      return "PIP_DONE";
    case PIP_INVALID_VECTOR:
      return "PIP_INVALID_VECTOR";
    case PIP_INVALID_SAVE_SLOT:
      return "PIP_INVALID_SAVE_SLOT";
    case PIP_ROOT_HAS_NO_PARENT:
      return "PIP_ROOT_HAS_NO_PARENT";
    case PIP_NOT_A_CHILD:
      return "PIP_NOT_A_CHILD";
    case PIP_TARGET_VIDT_UNAVAILABLE:
      return "PIP_TARGET_VIDT_UNAVAILABLE";
    case PIP_CALLER_VIDT_UNAVAILABLE:
      return "PIP_CALLER_VIDT_UNAVAILABLE";
    case PIP_TARGET_MASKED:
      return "PIP_TARGET_MASKED";
    case PIP_TARGET_CONTEXT_UNAVAILABLE:
      return "PIP_TARGET_CONTEXT_UNAVAILABLE";
    case PIP_CALLER_CONTEXT_UNAVAILABLE:
      return "PIP_CALLER_CONTEXT_UNAVAILABLE";
    case PIP_BAD_ADDRESS:
      return "PIP_BAD_ADDRESS";
    case PIP_NOT_MAPPED:
      return "PIP_NOT_MAPPED";
    case PIP_NOT_ACCESSIBLE:
      return "PIP_NOT_ACCESSIBLE";
    case PIP_ALREADY_GIVEN:
      return "PIP_ALREADY_GIVEN";
    case PIP_NOT_ORDINARY_MEMORY:
      return "PIP_NOT_ORDINARY_MEMORY";
    case PIP_NOT_WRITABLE:
      return "PIP_NOT_WRITABLE";
    case PIP_SAME_PAGE:
      return "PIP_SAME_PAGE";
    case PIP_NO_TABLE:
      return "PIP_NO_TABLE";
    case PIP_OCCUPIED:
      return "PIP_OCCUPIED";
    case PIP_RIGHTS_EXCEEDED:
      return "PIP_RIGHTS_EXCEEDED";
    case PIP_UNREADABLE:
      return "PIP_UNREADABLE";
    case PIP_NOT_EMPTY:
      return "PIP_NOT_EMPTY";
    case PIP_NOTHING_TO_COLLECT:
      return "PIP_NOTHING_TO_COLLECT";
    case PIP_NOT_LISTED:
      return "PIP_NOT_LISTED";
    case PIP_NO_HANDLER:
      return "PIP_NO_HANDLER";
    case PIP_NOT_ROOT:
      return "PIP_NOT_ROOT";
  }
  return NULL;
}
