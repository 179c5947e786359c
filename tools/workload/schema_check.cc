// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/schema_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tools/workload/complaint.h"
#include "tools/workload/located_json.h"

namespace pip::workload {
namespace {

using nlohmann::json;
using valijson::adapters::NlohmannJsonAdapter;

constexpr std::string_view kSchemaText =
#include "tools/workload/schema_text.inc"
    ;

const json& SchemaDocument() {
  static const json document = json::parse(kSchemaText);
  return document;
}

const valijson::Schema& CompiledSchema() {
  static const valijson::Schema* const schema = [] {
    auto* result = new valijson::Schema;  // lives as long as the program
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(NlohmannJsonAdapter(SchemaDocument()), *result);
    return result;
  }();
  return *schema;
}

const json& Resolve(const json& schema) {
  if (!schema.contains("$ref")) return schema;
  const std::string reference = schema["$ref"];
  return Resolve(SchemaDocument().at(json::json_pointer(reference.substr(1))));
}

// A place of the document and what the schema says of it.
struct Place {
  json::json_pointer pointer;
  const json* value;
  const json* schema;  // unresolved: its own description goes first; null outside the schema
  std::string name;

  const json* Property(const std::string& property) const {
    if (schema == nullptr) return nullptr;
    const json& resolved = Resolve(*schema);
    const auto properties = resolved.find("properties");
    if (properties == resolved.end() || !properties->contains(property)) return nullptr;
    return &properties->at(property);
  }
};

std::string Description(const json* schema) {
  if (schema == nullptr) return "";
  if (schema->contains("description")) return (*schema)["description"];
  const json& resolved = Resolve(*schema);
  return resolved.contains("description") ? std::string(resolved["description"]) : "";
}

// valijson's path to a place: "<root>", then "[name]" or "[index]" for each step.
Place Find(const json& document, const std::vector<std::string>& context) {
  Place place{json::json_pointer(), &document, &SchemaDocument(), "the file"};
  for (std::size_t i = 1; i < context.size(); ++i) {
    const std::string step = context[i].substr(1, context[i].size() - 2);
    if (place.value->is_array()) {
      const std::size_t index = std::stoul(step);
      place.schema = place.schema == nullptr ? nullptr : &Resolve(*place.schema).at("items");
      place.value = &place.value->at(index);
      place.pointer = place.pointer / index;
      place.name = fmt::format("item {} of {}", index + 1, place.name);
    } else {
      place.schema = place.Property(step);
      place.value = &place.value->at(step);
      place.pointer = place.pointer / step;
      place.name = fmt::format("\"{}\"", step);
    }
  }
  return place;
}

std::string Shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return fmt::format("a list of {} items", value.size());
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

// What the author of an unknown name most likely meant. A deadline without saying from when is the mistake that this
// format is there to prevent.
std::string Meant(const std::string& unknown, const Place& place) {
  const bool single = place.Property("absolute_deadline_us") != nullptr;
  if (place.Property("budget_us") != nullptr && unknown.find("deadline") != std::string::npos) {
    return single ? "\"absolute_deadline_us\", counted from the start: this is a single job"
                  : "\"relative_deadline_us\", counted from each release: this task has many jobs";
  }
  if (place.Property(unknown + "_us") != nullptr) return fmt::format("\"{}_us\": times say their unit", unknown);
  std::string names;
  for (const auto& [name, schema] : Resolve(*place.schema).at("properties").items()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return "one of " + names;
}

// The name between the last pair of quotation marks ' '.
std::string Quoted(const std::string& message) {
  const std::size_t end = message.rfind('\'');
  const std::size_t begin = end == 0 ? std::string::npos : message.rfind('\'', end - 1);
  return begin == std::string::npos ? "" : message.substr(begin + 1, end - begin - 1);
}

bool StartsWith(const std::string& text, std::string_view prefix) { return text.rfind(prefix, 0) == 0; }

// valijson repeats a failure at every level above it; those say nothing.
bool IsEcho(const std::string& message) {
  return StartsWith(message, "Failed to validate against schema associated with property") ||
         StartsWith(message, "Failed to validate item #") || StartsWith(message, "Failed to validate against child");
}

Complaint Explain(const LocatedJson& document, const valijson::ValidationResults::Error& error) {
  const Place place = Find(document.value(), error.context);
  if (StartsWith(error.description, "Missing required property")) {
    const std::string name = Quoted(error.description);
    return {document.PositionOf(place.pointer), fmt::format("\"{}\" is missing in {}", name, place.name),
            Description(place.Property(name))};
  }
  if (StartsWith(error.description, "Object contains a property")) {
    const std::string name = Quoted(error.description);
    return {document.PositionOf(place.pointer / name, true), fmt::format("\"{}\" is not known in {}", name, place.name),
            Meant(name, place)};
  }
  const std::string right = Description(place.schema);
  const std::string reason = right.empty() ? fmt::format(" ({})", error.description) : "";
  return {document.PositionOf(place.pointer), fmt::format("{} is {}{}", place.name, Shown(*place.value), reason),
          right};
}

}  // namespace

Complaints CheckSchema(const LocatedJson& document) {
  valijson::ValidationResults results;
  valijson::Validator(valijson::Validator::kStrongTypes)
      .validate(CompiledSchema(), NlohmannJsonAdapter(document.value()), &results);
  Complaints complaints;
  std::set<std::tuple<Position, std::string>> seen;
  for (const auto& error : results) {
    if (IsEcho(error.description)) continue;
    const Complaint complaint = Explain(document, error);
    if (seen.emplace(complaint.where, complaint.what).second) complaints.push_back(complaint);
  }
  if (complaints.empty() && results.numErrors() != 0) {
    complaints.push_back({{}, results.begin()->description, "the form in workload.schema.json"});
  }
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const Complaint& a, const Complaint& b) { return a.where < b.where; });
  return complaints;
}

}  // namespace pip::workload
