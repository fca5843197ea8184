#pragma once

#include <cstdint>
#include <unordered_map>

#include "follow/followed_table.h"
#include "postgres/statement_pipeline.h"

namespace pghaul::follow {

/// The tables whose changes come, by their OID on the source. A table stays where it is until it is described
/// otherwise.
///
/// Threads    one at a time.
/// Ownership  belongs to one session of the target, whose pipeline each describe() gets.
class FollowedTables {
 public:
  /// Tells whether `relation` is known just as it is.
  [[nodiscard]] bool know(const changes::Relation& relation) const;
  /// Tells whether a table with this OID on the source is known, be it as it was.
  [[nodiscard]] bool has(std::uint32_t oid) const { return tables_.contains(oid); }
  /// Takes a table up, instead of what was known of it, and reads what the target has of it.
  void describe(const changes::Relation& relation, postgres::StatementPipeline& target);
  /// Errors  mismatch: the table is not the same on both sides; internal: it was not described.
  [[nodiscard]] Result<FollowedTable*> find(const changes::Relation& relation);

 private:
  std::unordered_map<std::uint32_t, FollowedTable> tables_;
  bool is_target_prepared_ = false;  // the pipeline's session has prepare_target_lookups()
};

}  // namespace pghaul::follow
