#pragma once

#include <optional>
#include <string>
#include <vector>

#include "follow/source_facts.h"
#include "measure/live_status.h"

namespace pghaul::follow {

/// Facts by which it is judged whether a switchover may begin.
struct ReadinessFacts {
  bool connected = false;  // the stream has brought something, or said that there is nothing
  double lag_seconds = 0;
  OpenTransactions transactions;
  std::string new_partitions;               // of the source, which the target lacks; empty: there are none
  std::optional<measure::LiveProof> proof;  // nothing: no rounds are made
  double round_every = 0;                   // seconds
};

/// Lists what a switchover would have to wait for, each in a sentence for people; empty: nothing. Pure.
[[nodiscard]] std::vector<std::string> reasons_not_ready(const ReadinessFacts& facts);

}  // namespace pghaul::follow
