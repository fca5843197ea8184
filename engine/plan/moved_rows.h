#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/relatives.h"

namespace pghaul::plan {

/// Explains why the target may choose other partitions for the rows of a partitioned table than the source
/// did, as in "its key is hashed, and type public.mood hashes by OIDs"; empty: it chooses the same.
///
/// `target` is nullptr when there is none yet: then it is taken to sort texts alike.
[[nodiscard]] std::string moves_rows(const catalog::Relation& partitioned, const catalog::Catalog& source,
                                     const catalog::Server* target);

/// Partitioned tables by way of which rows are copied, since they may belong to other partitions on the
/// target.
struct MovedRows {
  /// Decides for all. A tree of which some partition is not copied, such as a foreign table, is left as it
  /// is: rows must not go to another server.
  MovedRows(const catalog::Catalog& source, const catalog::Server* target, const Relatives& links);

  /// By the relation's place: the topmost of such tables that it is below; otherwise kNone.
  std::vector<catalog::Place> trees;
  std::vector<std::string> reasons;  // by the relation's place, for those in `trees`
};

}  // namespace pghaul::plan
