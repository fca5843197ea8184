#pragma once

#include <cstddef>
#include <vector>

#include "catalog/model.h"
#include "plan/relatives.h"

namespace pghaul::plan {

/// Relations that share their tasks, so that thousands of tiny ones don't cost a transaction each.
struct RelationGroup {
  std::vector<catalog::Place> relations;
  bool tiny = false;                     // one task does a step for all of them; otherwise there is only one
  catalog::Place tree = catalog::kNone;  // the partitioned table by way of which their rows are copied
};

/// Puts every table and partitioned table of the source into one group: first, in one group, the
/// configuration tables of extensions, those that others refer to before these; last those whose checks may
/// read the others. Tables and partitioned tables are not mixed: the latter wait for no rows. `trees`: as
/// MovedRows has them; the groups of a tree's tables follow each other.
[[nodiscard]] std::vector<RelationGroup> group_relations(const catalog::Catalog& source,
                                                         const Relatives& links, int jobs,
                                                         const std::vector<catalog::Place>& trees = {});

/// Returns how many of `count` tiny things one task takes: few enough that every worker gets several tasks,
/// enough that a transaction's fixed cost and round trips are shared.
[[nodiscard]] std::size_t tiny_per_task(std::size_t count, int jobs) noexcept;

/// Tells whether a transaction of its own would cost more than the work in it.
[[nodiscard]] bool is_tiny(const catalog::Relation& relation) noexcept;

}  // namespace pghaul::plan
