#pragma once

#include <string>

#include "cluster_tools.h"
#include "failure.h"
#include "fleet.h"

namespace pghaul::platform {

/// The upgrade of one cluster in place, by pg_upgrade, to one of the same name and a newer version. The data
/// of both is on this machine; files are linked, or swapped from 18 on, so that it takes no longer for more
/// rows.
class Upgrade {
 public:
  Upgrade(const Cluster& old, const std::string& version)
      : old_(old), next_{version, old.name}, from_(ClusterName::of(old)) {}

  [[nodiscard]] const ClusterName& next() const { return next_; }
  /// Refuses what could never be done: an older version, one that isn't installed.
  [[nodiscard]] Outcome may() const;
  /// Tells whether the next cluster is one that prepare() made, and holds nothing yet.
  [[nodiscard]] bool is_prepared() const;
  /// Makes the next cluster, with the settings that its version knows, and has pg_upgrade look at both while
  /// `server` runs. Changes nothing of the old one.
  [[nodiscard]] Outcome prepare(Server& server) const;
  [[nodiscard]] Outcome check() const;
  /// Stops the old one, converts it, starts the next on its port, analyzes it, and removes what is left of
  /// the old one.
  ///
  /// `stamp`  what stamp_of() gave of the leader, for is_current(); empty: none.
  /// Errors   say which server is whole; the old one runs again where it is.
  [[nodiscard]] Outcome convert(const std::string& stamp) const;
  /// Removes the next cluster, which holds nothing yet.
  [[nodiscard]] Outcome cancel() const;

 private:
  [[nodiscard]] Result<std::string> pg_upgrade(std::vector<std::string> more) const;
  [[nodiscard]] tl::unexpected<Failure> not_converted(Failure failure) const;
  [[nodiscard]] Outcome analyze(const Cluster& next) const;

  Cluster old_;
  ClusterName next_;
  ClusterName from_;
};

/// Describes the state that a leader's transactions have come to; the same text again: none has written
/// since.
[[nodiscard]] Result<std::string> stamp_of(Member& leader);
/// Reads the stamp that an upgraded cluster was converted with; empty: it was not.
[[nodiscard]] Result<std::string> read_stamp(Member& upgraded);

}  // namespace pghaul::platform
