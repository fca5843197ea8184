#pragma once

#include <string>

#include "cluster_tools.h"
#include "failure.h"
#include "fleet.h"
#include "host.h"

namespace pghaul::platform {

/// The upgrade of one cluster in place, by pg_upgrade, to one of the same name and a newer version. All of it
/// is done on the cluster's own machine; files are linked, or swapped from 18 on, so that it takes no longer
/// for more rows.
class Upgrade {
 public:
  Upgrade(const Cluster& old, const std::string& version)
      : old_(old), next_{version, old.name, old.host}, from_(ClusterName::of(old)) {}

  [[nodiscard]] const ClusterName& next() const { return next_; }
  /// Refuses what could never be done: an older version, one that isn't installed.
  [[nodiscard]] Outcome may() const;
  /// Tells whether the next cluster is one that prepare() made, and holds nothing yet.
  [[nodiscard]] Result<bool> is_prepared() const;
  /// Makes the next cluster, with the settings that its version knows, and has pg_upgrade look at both while
  /// `server` runs. Changes nothing of the old one.
  [[nodiscard]] Outcome prepare(Server& server) const;
  [[nodiscard]] Outcome check() const;
  /// Stops the old one, converts it, starts the next on its port, analyzes it, and removes what is left of
  /// the old one.
  ///
  /// `stamp`  what stamp_of() gave of the leader, for is_current(); empty: none.
  /// Errors   say which server is whole; the old one runs again where it is. PGHAUL_EXIT_UNREACHABLE: the
  ///          line to its host was lost, where pg_upgrade goes on.
  [[nodiscard]] Outcome convert(const std::string& stamp) const;
  /// Does what convert() does once pg_upgrade has ended; also again.
  [[nodiscard]] Outcome complete() const;
  /// Tells whether the next cluster has been begun, and holds nothing yet that counts.
  [[nodiscard]] Result<bool> is_begun() const;
  /// Removes the next cluster, which holds nothing yet.
  [[nodiscard]] Outcome cancel() const;

 private:
  [[nodiscard]] Result<std::string> pg_upgrade(std::vector<std::string> more) const;
  [[nodiscard]] Host& machine() const { return Host::reached_by(old_.host); }
  [[nodiscard]] tl::unexpected<Failure> not_converted(Failure failure) const;
  [[nodiscard]] tl::unexpected<Failure> lost(Failure failure) const;
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
