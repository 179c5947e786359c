// SPDX-License-Identifier: Apache-2.0
#include "pipcore/arch/host/oracle_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>

namespace pip::host {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  std::cerr << "oracle: " << what << '\n';
  std::exit(1);
}

std::array<int, 2> NewPipe() {
  std::array<int, 2> ends = {};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    Fail("cannot make a pipe");
  }
  return ends;
}

}  // namespace

OracleProcess::OracleProcess(const std::string& path) {
  if (access(path.c_str(), X_OK) != 0) {
    Fail("cannot run " + path + "; PIP_ORACLE may name another program");
  }
  const auto commands = NewPipe();
  const auto answers = NewPipe();
  std::signal(SIGPIPE, SIG_IGN);  // a dead oracle shows as a missing answer
  process_ = fork();
  if (process_ < 0) {
    Fail("cannot start a process");
  }
  if (process_ == 0) {
    dup2(commands[0], STDIN_FILENO);
    dup2(answers[1], STDOUT_FILENO);
    execl(path.c_str(), path.c_str(), nullptr);
    _exit(1);
  }
  close(commands[0]);
  close(answers[1]);
  to_ = fdopen(commands[1], "w");
  from_ = fdopen(answers[0], "r");
}

OracleProcess::~OracleProcess() {
  std::fclose(to_);
  std::fclose(from_);
  std::free(line_);
  waitpid(process_, nullptr, 0);
}

std::string OracleProcess::Ask(std::string_view command) {
  std::fwrite(command.data(), 1, command.size(), to_);
  std::fputc('\n', to_);
  std::fflush(to_);
  const ssize_t length = getline(&line_, &line_size_, from_);
  if (length <= 0) {
    Fail("no answer to: " + std::string(command));
  }
  std::string answer(line_, static_cast<std::size_t>(length) - 1);
  if (answer.starts_with("wrong")) {
    Fail(answer);
  }
  return answer;
}

std::string OraclePath() {
  const char* path = std::getenv("PIP_ORACLE");
  return path != nullptr ? path : "pipcore/arch/host/oracle/oracle";
}

}  // namespace pip::host
