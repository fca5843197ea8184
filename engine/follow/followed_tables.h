#pragma once

#include <cstdint>
#include <unordered_map>

#include "follow/followed_table.h"
#include "postgres/statement_pipeline.h"

namespace pghaul::follow {

/// The tables whose changes come, by their OID on the source. A table stays where it is until it is described
/// otherwise.
///
/// Threads  one at a time.
class FollowedTables {
 public:
  /// Tells whether `relation` is known just as it is.
  [[nodiscard]] bool know(const changes::Relation& relation) const;
  /// Takes a table up, instead of what was known of it, and reads what the target has of it.
  void describe(const changes::Relation& relation, postgres::StatementPipeline& target);
  /// Errors  mismatch: the table is not the same on both sides; internal: it was not described.
  [[nodiscard]] Result<FollowedTable*> find(const changes::Relation& relation);

 private:
  std::unordered_map<std::uint32_t, FollowedTable> tables_;
};

}  // namespace pghaul::follow
