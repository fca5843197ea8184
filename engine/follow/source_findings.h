#pragma once

#include <string>
#include <vector>

#include "follow/source_facts.h"

namespace pghaul::follow {

/// A reason to refuse a live copy, or to warn of it; live/replication_setup makes a plan::Finding of it.
struct Finding {
  bool refuses = true;  // otherwise it is worth a warning
  std::string code;     // stable, for programs: "wal_level"
  std::string object;   // may be empty
  std::string message;
  std::string hint;
};

/// Judges whether changes of the tables can be followed: all that stands in the way at once, each with the
/// statement or setting that mends it. Pure. `may_set_replica_role`: of the role on the target.
[[nodiscard]] std::vector<Finding> source_findings(const SourceFacts& source, bool may_set_replica_role);

/// Judges whether, after a switchover, the source could follow the target. Pure.
[[nodiscard]] std::vector<Finding> way_back_findings(const SourceFacts& target);

}  // namespace pghaul::follow
