#pragma once

#include <atomic>
#include <string>

#include "pipeline/sink.h"
#include "pipeline/source.h"
#include "support/memory_source.h"

namespace pghaul::support {

/// A server that does not answer: a call waits until the wait is cancelled, and gets an error then.
class Silence {
 public:
  [[nodiscard]] Status wait() noexcept;
  void cancel() noexcept;
  /// Returns once somebody is in wait(): so that a test can be sure of it.
  void await_waiter() const noexcept { somebody_waits_.wait(false); }

 private:
  std::atomic<bool> somebody_waits_{false};
  std::atomic<bool> cancelled_{false};
};

/// Gives the rows of a set; then its server does not answer.
class WaitingSource : public pipeline::Source {
 public:
  explicit WaitingSource(const RowSet& rows) : rows_(rows) {}

  Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override { silence_.cancel(); }

  [[nodiscard]] const Silence& silence() const noexcept { return silence_; }

 private:
  MemorySource rows_;
  Silence silence_;
};

/// A sink whose server does not answer.
class WaitingSink : public pipeline::Sink {
 public:
  Status drain(const pipeline::Chunk&) override { return silence_.wait(); }
  Status finish() override { return silence_.wait(); }
  void abandon(const std::string& reason) noexcept override { abandoned_ = reason; }
  void cancel() noexcept override { silence_.cancel(); }

  [[nodiscard]] const Silence& silence() const noexcept { return silence_; }
  [[nodiscard]] const std::string& abandoned() const noexcept { return abandoned_; }

 private:
  Silence silence_;
  std::string abandoned_;
};

}  // namespace pghaul::support
