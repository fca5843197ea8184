#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "failure.h"

namespace pghaul::platform {

/// Runs a program, which PATH finds, to its end; returns what it wrote to standard output.
///
/// `folder`  where it works; nullptr: where this process does.
/// Errors    says what it wrote to standard error, or else to standard output, when it did not end with
///           status 0.
[[nodiscard]] Result<std::string> run_program(const std::vector<std::string>& argv,
                                              const char* folder = nullptr);

/// A file without a name, which a program writes to: a server that it leaves running holds no pipe of ours
/// open.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::string text() const;

 private:
  int descriptor_;
};

/// A command of the user's that runs beside us, given to /bin/sh. It keeps our terminal, on which ssh may ask
/// for a password; Ctrl-C is for us alone.
///
/// Ownership  when destroyed it has ended: close its input first; killed if it goes on for 2 s.
/// Threads    one at a time.
class RunningCommand {
 public:
  /// `connection` becomes its standard input and output, and stays the caller's to close.
  [[nodiscard]] static Result<std::unique_ptr<RunningCommand>> start(const std::string& command,
                                                                     int connection);
  ~RunningCommand();
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;

  /// Waits a moment for its end; returns the last lines of its standard error, or else how it ended.
  [[nodiscard]] std::string last_words();

 private:
  RunningCommand() = default;
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time);

  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
  Capture errors_;
};

}  // namespace pghaul::platform
