#pragma once

#include <set>

#include "base/error.h"
#include "discovery/verb_context.h"
#include "follow/slot_limit.h"

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

}  // namespace pghaul::live
