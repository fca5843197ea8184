#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "transport/byte_input.h"
#include "transport/byte_output.h"

namespace pghaul::link {

/// A command of the user's that runs a far half, given to /bin/sh, with pipes to and from it. It keeps our
/// terminal, on which ssh may ask for a password; Ctrl-C is for us alone. What it has left behind when it
/// ends is ended with it.
///
/// Ownership  when destroyed it has ended: asked to by closing its input, then by SIGTERM, then killed.
/// Threads    read() by one, write() by one at a time, break_off() by any.
/// Errors     system: it can't be started; connection_lost: it has ended, or was broken off.
class Command : public transport::ByteInput, public transport::ByteOutput {
 public:
  using OnLine = std::function<void(const std::string&)>;
  /// `on_line`: given each line of its standard error, by a thread of its own.
  [[nodiscard]] static Result<std::unique_ptr<Command>> start(const std::string& command, OnLine on_line);
  ~Command() override;
  Command(Command&&) = delete;
  Command& operator=(Command&&) = delete;

  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Status write(std::span<const std::byte> bytes) override;
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  /// Descriptor that is readable when there is something to read().
  [[nodiscard]] int output() const noexcept { return from_; }

  /// Whoever reads or writes, now or later, finds it ended.
  void break_off() noexcept;
  /// How it ended and what it last said, as far as it has ended within a moment: for an error.
  [[nodiscard]] std::string last_words();

 private:
  Command(pid_t pid, int to, int from) : pid_(pid), to_(to), from_(from) {}
  void listen(int complaints, const OnLine& on_line, const std::stop_token& over);
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time);

  std::string name_ = "the far half";
  pid_t pid_;
  int to_;
  int from_;
  std::mutex mutex_;  // guards the next three
  bool ended_ = false;
  int exit_status_ = 0;
  std::string last_line_;
  std::jthread listener_;
};

}  // namespace pghaul::link
