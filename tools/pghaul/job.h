#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "options.h"

struct pghaul_error;
struct pghaul_job;

namespace pghaul::command {

/// A failure of the engine.
struct Failure {
  std::string message;
  std::string hint;      // may be empty
  std::string sqlstate;  // five characters when a server refused, otherwise empty
};

/// One job of the engine, by its C interface.
///
/// Ownership  frees the job when destroyed; stays where it is, as the engine keeps its address.
/// Threads    one at a time; stop() may be called from another while run() runs.
class Job {
 public:
  using OnEvent = std::function<void(std::string_view json)>;

  explicit Job(OnEvent on_event);
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  [[nodiscard]] tl::expected<void, Failure> set(const Setting& setting);
  /// May be called again, after more options were set.
  [[nodiscard]] tl::expected<void, Failure> run(Verb verb);
  void stop() noexcept;

  /// Returns JSON; empty before run().
  [[nodiscard]] std::string report() const;
  [[nodiscard]] int exit_status() const;

 private:
  struct Free {
    void operator()(pghaul_job* job) const noexcept;
  };

  OnEvent on_event_;
  std::unique_ptr<pghaul_job, Free> job_;
};

[[nodiscard]] std::string engine_version();

}  // namespace pghaul::command
