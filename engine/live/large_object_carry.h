#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "discovery/options.h"
#include "measure/report.h"
#include "postgres/connection.h"
#include "tasks/row_source.h"

namespace pghaul::live {

/// Large objects, as a switchover takes them along: told apart by digests, copied beforehand, and compared
/// once more while writers wait. Superusers only: others may neither lock them nor read their pages.
///
/// Threads  the connections'.
class LargeObjectCarry {
 public:
  static constexpr std::uint32_t kContents = 2613;  // pg_largeobject
  static constexpr std::uint32_t kMetadata = 2995;  // pg_largeobject_metadata

  explicit LargeObjectCarry(const discovery::Options& options);

  /// Tells whether there are large objects that are wanted and that the roles may carry.
  [[nodiscard]] static Result<bool> is_needed(postgres::Connection& source, postgres::Connection& target,
                                              const discovery::Options& options);
  /// Copies what differs, in a transaction of its own.
  [[nodiscard]] Status copy_beforehand(postgres::Connection& source, postgres::Connection& target);
  /// Copies what has changed since, in the transaction that the target's session is in.
  [[nodiscard]] Status copy_changed(postgres::Connection& source, postgres::Connection& target);
  /// Says that the transaction of copy_changed() has been committed.
  void committed();
  [[nodiscard]] double forecast_seconds() const noexcept { return forecast_seconds_; }
  [[nodiscard]] measure::Report::Carried report() const;

 private:
  using Digests = std::map<std::uint32_t, std::string>;  // by OID

  [[nodiscard]] Result<Digests> read(postgres::Connection& server) const;
  [[nodiscard]] Result<bool> copy_differing(postgres::Connection& source, postgres::Connection& target,
                                            const Digests& here);

  tasks::ObjectProperties wanted_;
  Digests there_;                // on the target, where nobody else writes them
  std::optional<Digests> next_;  // the same once the transaction is committed
  double forecast_seconds_ = 0;
  std::optional<double> seconds_;
};

}  // namespace pghaul::live
