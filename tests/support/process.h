#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace pghaul::support {

/// A program's exit status and output.
struct ProcessResult {
  int exit_status = 0;  // as a shell has it: 128 + the signal's number when a signal ended it
  std::string out;
  std::string err;
};

/// Variables that are set, or replaced, in what a program inherits from this process.
using Environment = std::map<std::string, std::string>;

/// A program that is running; no shell is involved.
///
/// Ownership  killed when destroyed before wait().
/// Threads    one at a time.
/// Memory     its input and output are files in memory: whoever writes much never waits for its reader.
/// Errors     throws std::runtime_error when the program cannot be started.
class Process {
 public:
  /// `argv[0]` is looked up in PATH unless it has a slash. `input` is all there is on its standard input.
  explicit Process(const std::vector<std::string>& argv, const Environment& environment = {},
                   const std::string& input = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void send(int signal) const;
  /// Waits for its end, but no longer than that; wait() tells how it ended.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const;
  /// Waits for its end; once.
  [[nodiscard]] ProcessResult wait();
  /// Returns what it has written so far.
  [[nodiscard]] std::string out() const { return out_.content(); }
  [[nodiscard]] std::string err() const { return err_.content(); }

 private:
  /// A file without a name.
  class MemoryFile {
   public:
    explicit MemoryFile(const std::string& content = {});
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] std::string content() const;

   private:
    int descriptor_;
  };

  MemoryFile input_;
  MemoryFile out_;
  MemoryFile err_;
  pid_t pid_ = 0;
};

/// Starts a program and waits for its end.
[[nodiscard]] ProcessResult run_command(const std::vector<std::string>& argv,
                                        const Environment& environment = {}, const std::string& input = {});

}  // namespace pghaul::support
