// SPDX-License-Identifier: Apache-2.0
//
// pip::Result: a value, or the reason why there is none.
#ifndef LIBPIP_CPP_RESULT_H_
#define LIBPIP_CPP_RESULT_H_

#include <optional>

#include "libpip/cpp/status.h"

namespace pip {

// A value, or the status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, both of them: a function returns its value or its refusal as it is.
  constexpr Result(T value) : status_(Status::kDone), value_(value) {}  // NOLINT(google-explicit-constructor)
  // `status` is not kDone: that comes with a value.
  constexpr Result(Status status) : status_(status) {}  // NOLINT(google-explicit-constructor)

  // Whether there is a value.
  constexpr bool ok() const { return value_.has_value(); }
  // kDone if there is a value.
  constexpr Status status() const { return status_; }
  // Only after ok().
  constexpr const T& operator*() const { return *value_; }
  // Only after ok().
  constexpr const T* operator->() const { return &*value_; }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace pip

#endif  // LIBPIP_CPP_RESULT_H_
