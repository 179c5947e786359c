// SPDX-License-Identifier: Apache-2.0
// The model extracted from Coq, as a process that answers lines with lines (oracle/driver.ml has the protocol).
#ifndef PIPCORE_ARCH_HOST_ORACLE_PROCESS_H_
#define PIPCORE_ARCH_HOST_ORACLE_PROCESS_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace pip::host {

class OracleProcess {
 public:
  // Starts the program at this path; ends this one when it cannot.
  explicit OracleProcess(const std::string& path);
  ~OracleProcess();
  OracleProcess(const OracleProcess&) = delete;
  OracleProcess& operator=(const OracleProcess&) = delete;

  // Sends a command and returns the answer; ends the program when the oracle does not understand it or has died.
  std::string Ask(std::string_view command);

 private:
  pid_t process_ = 0;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
  char* line_ = nullptr;  // getline's buffer
  size_t line_size_ = 0;
};

// Where the oracle is: the environment variable PIP_ORACLE, else its place among a Bazel test's files.
std::string OraclePath();

}  // namespace pip::host

#endif  // PIPCORE_ARCH_HOST_ORACLE_PROCESS_H_
