#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/left_out.h"
#include "catalog/model.h"
#include "catalog/read_keys.h"
#include "compare/row_search.h"
#include "discovery/verb_context.h"
#include "follow/changed_keys.h"
#include "follow/round_order.h"
#include "live/barrier_server.h"
#include "measure/different_rows.h"
#include "pipeline/chunk.h"
#include "plan/format.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// The result of a round.
struct RoundOutcome {
  std::string
      until;  // UTC, by the source's clock: what was committed before is on the target, as of the round
  std::uint64_t keys = 0;  // compared
  std::uint64_t tables = 0;
  std::vector<std::uint32_t> equal;  // tables, by their OIDs on the source
  std::vector<measure::DifferentRows> different;
  LeftOuts not_compared;
  bool postponed = false;  // some tables were busy, or there were too many rows: for the next round
  std::vector<std::uint32_t> waiting;  // those there were too many rows of
};

/// One comparison of the rows that a live copy has changed, at a barrier: both sides are read as snapshots
/// show them, by keys, in batches whose digests tell whether they are equal. Where they are not, it names the
/// rows.
///
/// Threads  one; a stop cancels what the servers are asked for.
class ProofRound {
 public:
  /// `waiting`: tables that earlier rounds had no room for, which come first.
  ProofRound(const discovery::VerbContext& context, const discovery::Endpoint& source,
             const discovery::Endpoint& target, BarrierServer& barriers, follow::ChangedKeys& keys,
             std::vector<std::uint32_t> waiting)
      : context_{context.options, context.ends, context.stop, context.timeline, context.events, report_},
        source_end_(source),
        target_end_(target),
        barriers_(barriers),
        keys_(keys),
        waiting_(std::move(waiting)) {}

  /// On failure the keys stay due.
  [[nodiscard]] Result<RoundOutcome> run();

 private:
  [[nodiscard]] Status read_clock();
  [[nodiscard]] Status compare_all();
  [[nodiscard]] Status read_catalogs();
  [[nodiscard]] std::vector<follow::DueTable> due_tables() const;
  [[nodiscard]] Status compare_table(std::uint32_t table, const follow::TableKeys& keys);
  [[nodiscard]] Status compare_in_transactions(const catalog::Relation& relation,
                                               const follow::TableKeys& keys, bool& equal);
  [[nodiscard]] Result<bool> can_be_read(const catalog::Relation& relation);
  [[nodiscard]] Status compare_rows(const catalog::Relation& relation, const std::string& condition,
                                    bool& equal);
  [[nodiscard]] Status name_differences();

  measure::Report report_;  // not the verb's own
  discovery::VerbContext context_;
  const discovery::Endpoint& source_end_;
  const discovery::Endpoint& target_end_;
  BarrierServer& barriers_;
  follow::ChangedKeys& keys_;
  std::vector<std::uint32_t> waiting_;
  follow::ChangedKeys::Tables due_;  // not known to be equal yet
  std::optional<postgres::Connection> source_;
  std::optional<postgres::Connection> target_;
  compare::ComparedStates states_;
  catalog::Catalog catalog_;  // the source's, of the tables that are due
  catalog::Server target_server_;
  std::map<std::uint32_t, const catalog::Relation*> relations_;  // of catalog_, by OID
  rows::UniqueKeys source_keys_;
  rows::UniqueKeys target_keys_;
  std::unique_ptr<plan::FormatChooser> formats_;
  pipeline::Chunk source_buffer_{std::size_t{256} << 10};
  pipeline::Chunk target_buffer_{std::size_t{256} << 10};
  std::deque<catalog::Relation> narrowed_;  // that `differing_` refers to
  std::vector<compare::DifferentTable> differing_;
  RoundOutcome outcome_;
};

}  // namespace pghaul::live
