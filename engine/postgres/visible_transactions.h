#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pghaul::postgres {

/// The transactions that a snapshot of a server sees.
///
/// Source  PostgreSQL manual, functions, "Transaction ID and Snapshot Information Functions": a
///         snapshot lists top-level transactions only, and these are what a stream of logical replication
///         names.
class VisibleTransactions {
 public:
  /// `snapshot`: "xmin:xmax:xip,…" as pg_current_snapshot() and txid_current_snapshot() write it. Nothing
  /// when it is something else.
  [[nodiscard]] static std::optional<VisibleTransactions> parse(std::string_view snapshot);

  /// `xid`: without its epoch, and less than 2^31 away.
  [[nodiscard]] bool sees(std::uint32_t xid) const;
  /// All before this one have ended.
  [[nodiscard]] std::uint64_t first_running() const noexcept { return begin_; }
  /// The first one that was not assigned yet.
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
  /// Transactions before end() that had not ended, in their order.
  [[nodiscard]] const std::vector<std::uint64_t>& running() const noexcept { return running_; }

 private:
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::vector<std::uint64_t> running_;  // sorted
};

}  // namespace pghaul::postgres
