#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "live/slot_warnings.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Watches what a live copy does to its source while its rows are copied. Ends the copy when its slot keeps
/// more than --slot-limit: the source is worth more than the copy. Names who waits to alter or truncate a
/// table that is being read, as everybody who comes to that table later waits behind him.
///
/// Failures to ask hold nothing up: it tries again a second later.
/// Threads    one of its own, which has ended once this is destroyed.
class SourceWatch {
 public:
  /// `context`: the stop of the copy is to be stop().
  SourceWatch(discovery::VerbContext context, const discovery::Endpoint& source, std::string slot);
  ~SourceWatch();
  SourceWatch(const SourceWatch&) = delete;
  SourceWatch& operator=(const SourceWatch&) = delete;

  /// Requested with the verb's, and when the slot has to be given up.
  [[nodiscard]] std::stop_token stop() const noexcept { return stop_.get_token(); }
  /// Ends the watch. Returns `done`, or why the slot has to be given up.
  [[nodiscard]] Status conclude(Status done);
  /// Tells, once the watch has ended, whether it has to be.
  [[nodiscard]] bool given_up() const noexcept { return given_up_.has_value(); }

 private:
  void watch(const std::stop_token& end);
  [[nodiscard]] Status look(std::optional<postgres::Connection>& session);
  [[nodiscard]] Status judge_slot(postgres::Connection& session);
  [[nodiscard]] Status name_waiting(postgres::Connection& session);

  discovery::VerbContext context_;
  const discovery::Endpoint& source_;
  std::string slot_;
  SlotWarnings warnings_;
  std::set<std::int64_t> named_;  // sessions that wait, or have waited
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_with_verb_;
  std::optional<Error> given_up_;  // written by the thread, read once it has ended
  std::jthread thread_;            // the last: it uses the others
};

}  // namespace pghaul::live
