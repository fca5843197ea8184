#pragma once

#include <atomic>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "follow/meter.h"
#include "follow/visibility.h"
#include "job/live_barriers.h"
#include "job/verb_context.h"

namespace pghaul::job {

/// Applies the changes of one server to another, through outages, until it is stopped.
///
/// Ownership  none of the ends, which outlive it.
/// Threads    one; what it starts has ended when run() returns.
class LiveFollower {
 public:
  /// Who follows whom.
  struct Direction {
    const discovery::Endpoint& source;  // whose changes are applied
    const discovery::Endpoint& target;
    std::string slot;    // on the source; also the publication's name
    std::string schema;  // on the target: holds how far it is
    std::string source_description;
  };
  LiveFollower(VerbContext context, Direction direction)
      : context_(std::move(context)), direction_(std::move(direction)) {}

  /// Errors  interrupted: it was stopped, which loses nothing; those of the applier and of the feed.
  [[nodiscard]] Status run();

 private:
  [[nodiscard]] Status keep_following(LiveBarriers& barriers);
  [[nodiscard]] Status follow_once(LiveBarriers& barriers);

  VerbContext context_;
  Direction direction_;
  std::string encoding_;  // the source's
  follow::Meter meter_;
  follow::Visibility visibility_;
};

}  // namespace pghaul::job
