#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "process/descriptor.h"
#include "process/supervised_command.h"
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
  [[nodiscard]] int output() const noexcept { return started_.output.number(); }

  /// Ends all reading and writing, now and later.
  void break_off() noexcept;
  /// How it ended and what it last said, as far as it has ended within a moment: for an error.
  [[nodiscard]] std::string last_words();

 private:
  explicit Command(process::SupervisedCommand started) : started_(std::move(started)) {}
  void listen(const OnLine& on_line, const std::stop_token& over);
  [[nodiscard]] std::string ending();

  std::string name_ = "the far half";
  process::SupervisedCommand started_;
  std::mutex mutex_;  // guards the next two
  std::optional<int> status_;
  std::string last_line_;
  std::jthread listener_;
};

}  // namespace pghaul::link
