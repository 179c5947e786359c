// SPDX-License-Identifier: Apache-2.0
#include "tools/workload/load.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "tools/workload/complaint.h"
#include "tools/workload/read_workload.h"
#include "tools/workload/workload.h"

namespace pip::workload {
namespace {

// A device may never end.
constexpr std::size_t kFileMax = std::size_t{1} << 30;

}  // namespace

bool ReadFile(const std::string& path, std::string& text, std::string& complaint) {
  std::FILE* const file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    complaint = path + ": " + std::strerror(errno);
    return false;
  }
  text.clear();
  complaint.clear();
  char buffer[1 << 16];
  for (std::size_t count; text.size() <= kFileMax && (count = std::fread(buffer, 1, sizeof buffer, file)) > 0;) {
    text.append(buffer, count);
  }
  if (std::ferror(file) != 0) {
    complaint = path + ": " + std::strerror(errno);
  } else if (text.size() > kFileMax) {
    complaint = path + ": has more than 1 GiB; no workload or trace is as large";
  }
  if (file != stdin) std::fclose(file);
  return complaint.empty();
}

bool LoadImage(const std::string& path, std::vector<std::uint8_t>& bytes, std::string& complaint) {
  std::string text;
  if (!ReadFile(path, text, complaint)) return false;
  if (text.rfind("PIPWORK1", 0) == 0) {
    bytes.assign(text.begin(), text.end());
    return true;
  }
  Complaints complaints;
  const std::optional<Workload> workload = ReadWorkload(text, complaints);
  if (workload) {
    bytes = ToImage(*workload);
    return true;
  }
  for (const Complaint& each : complaints) {
    complaint += (complaint.empty() ? "" : "\n") + each.ToString(path);
  }
  return false;
}

}  // namespace pip::workload
