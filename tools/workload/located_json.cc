// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/located_json.h"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/workload/complaint.h"

namespace pip::workload {
namespace {

using nlohmann::json;

// Offset to line and column.
class LineTable {
 public:
  explicit LineTable(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  Position At(std::size_t offset) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const std::size_t line = static_cast<std::size_t>(next - starts_.begin());
    return {line, offset - starts_[line - 1] + 1};
  }

 private:
  std::vector<std::size_t> starts_ = {0};
};

// Reads the text for the parser and counts how far it got; copies share the count.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* read) : at_(at), read_(read) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* read_;
};

std::size_t EndOfComment(std::string_view text, std::size_t at) {
  const bool block = text.substr(at, 2) == "/*";
  const std::size_t end = text.find(block ? "*/" : "\n", at + 2);
  return end == std::string_view::npos ? text.size() : end + (block ? 2 : 1);
}

bool StartsComment(std::string_view text, std::size_t at) {
  return text.substr(at, 2) == "/*" || text.substr(at, 2) == "//";
}

std::size_t SkipSpace(std::string_view text, std::size_t at, std::string_view separators, bool comments) {
  while (at < text.size()) {
    if (comments && StartsComment(text, at)) {
      at = EndOfComment(text, at);
    } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos ||
               separators.find(text[at]) != std::string_view::npos) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

std::size_t EndOfString(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Replaces commas before a closing bracket by spaces; all offsets stay what they are.
std::string WithoutTrailingCommas(std::string_view text) {
  std::string result(text);
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = EndOfString(text, at);
    } else if (StartsComment(text, at)) {
      at = EndOfComment(text, at);
    } else {
      const std::size_t next = text[at] == ',' ? SkipSpace(text, at + 1, "", true) : text.size();
      if (next < text.size() && (text[next] == '}' || text[next] == ']')) result[at] = ' ';
      ++at;
    }
  }
  return result;
}

}  // namespace

// Follows the parser's events and notes where each value began: a value begins after the end of the event before it,
// behind white space, commas and colons.
class PositionRecorder : public json::json_sax_t {
 public:
  PositionRecorder(std::string_view text, bool comments, const std::size_t* read, LocatedJson& result)
      : text_(text), comments_(comments), lines_(text), read_(read), result_(result) {}

  bool null() override { return Value(); }
  bool boolean(bool) override { return Value(); }
  bool number_integer(number_integer_t) override { return Value(); }
  bool number_unsigned(number_unsigned_t) override { return Value(); }
  bool number_float(number_float_t, const string_t&) override { return Value(); }
  bool string(string_t&) override { return Value(); }
  bool binary(binary_t&) override { return Value(); }

  bool start_object(std::size_t) override { return Open(true); }
  bool start_array(std::size_t) override { return Open(false); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    const Position where = Start();
    Level& level = levels_.back();
    level.pointer = level.container / name;
    result_.names_[level.pointer.to_string()] = where;
    Advance();
    if (level.names.insert(name).second) return true;
    return Refuse({where, fmt::format("\"{}\" is given twice", name), "one of them"});
  }

  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ... - what; expected ..."
    const std::string message = error.what();
    const std::size_t what = message.find(" - ");
    const std::string_view reason = what == std::string::npos ? std::string_view(message).substr(message.find("] ") + 2)
                                                              : std::string_view(message).substr(what + 3);
    return Refuse({lines_.At(at == 0 ? 0 : at - 1), fmt::format("this is not JSON: {}", reason), ""});
  }

  const std::optional<Complaint>& complaint() const { return complaint_; }

 private:
  struct Level {
    json::json_pointer container;
    json::json_pointer pointer;  // of the value to come
    bool is_object;
    std::size_t index = 0;
    std::set<std::string> names;
  };

  Position Start() const { return lines_.At(SkipSpace(text_, end_, ",:", comments_)); }
  void Advance() { end_ = *read_; }

  bool Value() {
    const json::json_pointer pointer = levels_.empty() ? json::json_pointer() : levels_.back().pointer;
    result_.values_[pointer.to_string()] = Start();
    Next();
    return true;
  }

  bool Open(bool is_object) {
    const json::json_pointer pointer = levels_.empty() ? json::json_pointer() : levels_.back().pointer;
    const Position where = Start();
    result_.values_[pointer.to_string()] = where;
    if (levels_.size() == LocatedJson::kMaxDepth) {
      return Refuse({where, fmt::format("the nesting is deeper than {} levels", LocatedJson::kMaxDepth), ""});
    }
    levels_.push_back({pointer, is_object ? pointer : pointer / 0, is_object, 0, {}});
    Advance();
    return true;
  }

  bool Close() {
    levels_.pop_back();
    Next();
    return true;
  }

  void Next() {
    Advance();
    if (levels_.empty() || levels_.back().is_object) return;
    Level& level = levels_.back();
    level.pointer = level.container / ++level.index;
  }

  bool Refuse(Complaint complaint) {
    complaint_ = std::move(complaint);
    return false;
  }

  std::string_view text_;
  bool comments_;
  LineTable lines_;
  const std::size_t* read_;
  LocatedJson& result_;
  std::size_t end_ = 0;
  std::vector<Level> levels_;
  std::optional<Complaint> complaint_;
};

std::optional<LocatedJson> LocatedJson::Parse(std::string_view text, Dialect dialect, Complaints& complaints) {
  if (text.size() > kMaxBytes) {
    complaints.push_back({{}, fmt::format("the file has {} bytes", text.size()), fmt::format("at most {}", kMaxBytes)});
    return std::nullopt;
  }
  const bool relaxed = dialect == Dialect::kRelaxed;
  const std::string copy = relaxed ? WithoutTrailingCommas(text) : std::string(text);
  LocatedJson result;
  std::size_t read = 0;
  PositionRecorder recorder(copy, relaxed, &read, result);
  const CountingIterator begin(copy.data(), &read);
  const CountingIterator end(copy.data() + copy.size(), &read);
  if (!json::sax_parse(begin, end, &recorder, json::input_format_t::json, /*strict=*/true, relaxed)) {
    complaints.push_back(recorder.complaint().value_or(Complaint{{}, "this is not JSON", ""}));
    return std::nullopt;
  }
  result.value_ = json::parse(copy, nullptr, /*allow_exceptions=*/false, relaxed);
  return result;
}

Position LocatedJson::PositionOf(json::json_pointer pointer, bool of_name) const {
  if (of_name) {
    const auto name = names_.find(pointer.to_string());
    if (name != names_.end()) return name->second;
  }
  for (;; pointer.pop_back()) {
    const auto value = values_.find(pointer.to_string());
    if (value != values_.end()) return value->second;
    if (pointer.empty()) return {};
  }
}

}  // namespace pip::workload
