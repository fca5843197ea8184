#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/links.h"

namespace pghaul::plan {

/// Why the target may choose other partitions for the rows of a partitioned table than the source did, as in
/// "its key is hashed, and type public.mood hashes by OIDs"; empty: it chooses the same.
///
/// `target` is nullptr when there is none yet: then it is taken to sort texts alike.
[[nodiscard]] std::string moves_rows(const catalog::Relation& partitioned, const catalog::Catalog& source,
                                     const catalog::Server* target);

/// Partitioned tables by way of which rows are copied, since they may belong to other partitions on the
/// target.
struct MovedRows {
  /// Decides for all. A tree of which some partition is not copied, such as a foreign table, is left as it
  /// is: rows must not go to another server.
  MovedRows(const catalog::Catalog& source, const catalog::Server* target, const Links& links);

  /// Of each relation below such a table: that table, the topmost one; otherwise kNone.
  std::vector<catalog::Place> trees;
  std::vector<std::string> reasons;  // of each relation that is in `trees`
};

}  // namespace pghaul::plan
