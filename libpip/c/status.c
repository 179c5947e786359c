/* SPDX-License-Identifier: Apache-2.0
 *
 * What each status says (pip/status.h).
 */
#include "pip/status.h"

#include <stddef.h>

static const char* const kernel_texts[] = {
    [PIP_DONE] = "done",
    [PIP_INVALID_VECTOR] = "invalid vector: it is not an index of a VIDT",
    [PIP_INVALID_SAVE_SLOT] = "invalid save slot: it is not an index of a VIDT",
    [PIP_ROOT_HAS_NO_PARENT] = "the root partition has no parent to yield to",
    [PIP_NOT_A_CHILD] = "not a child: no child of the caller has its descriptor there",
    [PIP_TARGET_VIDT_UNAVAILABLE] = "the target has no readable VIDT",
    [PIP_CALLER_VIDT_UNAVAILABLE] = "the caller has no readable VIDT",
    [PIP_TARGET_MASKED] = "the target masks interrupts",
    [PIP_TARGET_CONTEXT_UNAVAILABLE] = "the target's VIDT names no readable context",
    [PIP_CALLER_CONTEXT_UNAVAILABLE] = "the caller's VIDT names no writable place to save to",
    [PIP_BAD_ADDRESS] = "bad address: not page-aligned, or not an address of user space",
    [PIP_NOT_MAPPED] = "the address maps no page",
    [PIP_NOT_ACCESSIBLE] = "the page there is a kernel structure of a descendant",
    [PIP_ALREADY_GIVEN] = "the page is already given to a child",
    [PIP_NOT_ORDINARY_MEMORY] = "device memory cannot hold kernel structures",
    [PIP_NOT_WRITABLE] = "a page that the caller may not write cannot become a kernel structure",
    [PIP_SAME_PAGE] = "one page is offered twice",
    [PIP_NO_TABLE] = "no table is prepared for the address in the child",
    [PIP_OCCUPIED] = "the child already has a page there",
    [PIP_RIGHTS_EXCEEDED] = "the caller asks for a right that it has not itself",
    [PIP_UNREADABLE] = "a mapping without the right to read does not exist",
    [PIP_NOT_EMPTY] = "the table still maps something",
    [PIP_NOTHING_TO_COLLECT] = "nothing to collect: only the root table is left for that address",
    [PIP_NOT_LISTED] = "the configuration list does not know where the table came from",
    [PIP_NO_HANDLER] = "nobody up to the root can be told",
    [PIP_NOT_ROOT] = "only the root partition may ask this",
};

const char* pip_status_text(pip_status_t status) {
  if (status == PIP_NO_SUCH_SERVICE) {
    return "no service has this number";
  }
  if (status == PIP_REFUSED) {
    return "refused (the call gate does not say why)";
  }
  if (status == PIP_OUT_OF_PAGES) {
    return "the page allocator is empty";
  }
  const size_t number = (size_t)status;
  return number < sizeof kernel_texts / sizeof kernel_texts[0] ? kernel_texts[number]
                                                               : "a status that libpip does not know";
}
