// SPDX-License-Identifier: Apache-2.0
//
// pip::Status: the kernel's answer to a service, as a type of its own.
#ifndef LIBPIP_CPP_STATUS_H_
#define LIBPIP_CPP_STATUS_H_

#include <cstdint>
#include <string_view>

#include "pip/status.h"

namespace pip {

// The enumerators have the numbers of pip_status_t; see there for what each means.
enum class [[nodiscard]] Status : std::uint32_t{
    kDone = PIP_DONE,
    kInvalidVector = PIP_INVALID_VECTOR,
    kInvalidSaveSlot = PIP_INVALID_SAVE_SLOT,
    kRootHasNoParent = PIP_ROOT_HAS_NO_PARENT,
    kNotAChild = PIP_NOT_A_CHILD,
    kTargetVidtUnavailable = PIP_TARGET_VIDT_UNAVAILABLE,
    kCallerVidtUnavailable = PIP_CALLER_VIDT_UNAVAILABLE,
    kTargetMasked = PIP_TARGET_MASKED,
    kTargetContextUnavailable = PIP_TARGET_CONTEXT_UNAVAILABLE,
    kCallerContextUnavailable = PIP_CALLER_CONTEXT_UNAVAILABLE,
    kBadAddress = PIP_BAD_ADDRESS,
    kNotMapped = PIP_NOT_MAPPED,
    kNotAccessible = PIP_NOT_ACCESSIBLE,
    kAlreadyGiven = PIP_ALREADY_GIVEN,
    kNotOrdinaryMemory = PIP_NOT_ORDINARY_MEMORY,
    kNotWritable = PIP_NOT_WRITABLE,
    kSamePage = PIP_SAME_PAGE,
    kNoTable = PIP_NO_TABLE,
    kOccupied = PIP_OCCUPIED,
    kRightsExceeded = PIP_RIGHTS_EXCEEDED,
    kUnreadable = PIP_UNREADABLE,
    kNotEmpty = PIP_NOT_EMPTY,
    kNothingToCollect = PIP_NOTHING_TO_COLLECT,
    kNotListed = PIP_NOT_LISTED,
    kNoHandler = PIP_NO_HANDLER,
    kNotRoot = PIP_NOT_ROOT,
    kNoSuchService = static_cast<std::uint32_t>(PIP_NO_SUCH_SERVICE),
    kRefused = PIP_REFUSED,
    kOutOfPages = PIP_OUT_OF_PAGES,
};

// One sentence that names the reason.
inline std::string_view to_string(Status status) { return pip_status_text(static_cast<pip_status_t>(status)); }

// The same status as an enumeration of C++.
constexpr Status ToStatus(pip_status_t status) { return static_cast<Status>(status); }

}  // namespace pip

#endif  // LIBPIP_CPP_STATUS_H_
