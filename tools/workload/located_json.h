// SPDX-License-Identifier: Apache-2.0
//
// JSON with the place of every value in the text, so that a complaint can name line and column.
//
// nlohmann's parser reads the text; what is added is refusal of what it would let pass: a name given twice in one
// object (the later one would win) and nesting without bound.
#ifndef PIP_TOOLS_WORKLOAD_LOCATED_JSON_H_
#define PIP_TOOLS_WORKLOAD_LOCATED_JSON_H_

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tools/workload/complaint.h"

namespace pip::workload {

class LocatedJson {
 public:
  enum class Dialect {
    kStrict,   // RFC 8259
    kRelaxed,  // comments, and a comma after the last item, as rt-app's reader accepts them
  };

  static constexpr std::size_t kMaxBytes = 16u << 20;
  static constexpr std::size_t kMaxDepth = 32;

  // Nothing, and one complaint, when the text is not JSON.
  static std::optional<LocatedJson> Parse(std::string_view text, Dialect dialect, Complaints& complaints);

  const nlohmann::json& value() const { return value_; }
  // Where the value begins, or its name when it is the member of an object and `of_name` is set. A pointer that leads
  // nowhere gets the place of the innermost value on its way.
  Position PositionOf(nlohmann::json::json_pointer pointer, bool of_name = false) const;

 private:
  nlohmann::json value_;
  std::map<std::string, Position> values_;
  std::map<std::string, Position> names_;

  friend class PositionRecorder;
};

}  // namespace pip::workload

#endif  // PIP_TOOLS_WORKLOAD_LOCATED_JSON_H_
