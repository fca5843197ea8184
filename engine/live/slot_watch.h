#pragma once

#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "discovery/verb_context.h"
#include "follow/slot_limit.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Warns when a live copy's slot comes near to a limit.
class SlotWarnings {
 public:
  explicit SlotWarnings(discovery::VerbContext context) : context_(std::move(context)) {}

  /// Returns an error when the slot has to be given up. Warns once of each limit.
  [[nodiscard]] Status judge(const follow::SlotSize& slot);

 private:
  discovery::VerbContext context_;
  std::set<follow::SlotVerdict> warned_;
};

/// Watches what a live copy's slot keeps on the source while its rows are copied, and ends the copy when that
/// is more than --slot-limit: the source is worth more than the copy.
///
/// Failures to ask hold nothing up: it tries again a second later.
/// Threads    one of its own, which has ended once this is destroyed.
class SlotWatch {
 public:
  /// `context`: the stop of the copy is to be stop().
  SlotWatch(discovery::VerbContext context, const discovery::Endpoint& source, std::string slot);
  ~SlotWatch();
  SlotWatch(const SlotWatch&) = delete;
  SlotWatch& operator=(const SlotWatch&) = delete;

  /// Requested with the verb's, and when the slot has to be given up.
  [[nodiscard]] std::stop_token stop() const noexcept { return stop_.get_token(); }
  /// Ends the watch. Returns `done`, or why the slot has to be given up.
  [[nodiscard]] Status conclude(Status done);
  /// Tells, once the watch has ended, whether it has to be.
  [[nodiscard]] bool given_up() const noexcept { return given_up_.has_value(); }

 private:
  void watch(const std::stop_token& end);
  [[nodiscard]] Status look(std::optional<postgres::Connection>& session);

  discovery::VerbContext context_;
  const discovery::Endpoint& source_;
  std::string slot_;
  SlotWarnings warnings_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_with_verb_;
  std::optional<Error> given_up_;  // written by the thread, read once it has ended
  std::jthread thread_;            // the last: it uses the others
};

}  // namespace pghaul::live
