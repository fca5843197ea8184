#pragma once

#include <vector>

#include "catalog/model.h"
#include "plan/make_plan.h"

/// The choice of a source's tables that an estimate samples. Pure.
namespace pghaul::estimate {

/// Identifies rows of one shape: a table, or all partitions of one parent.
[[nodiscard]] catalog::Oid shape_of(const catalog::Relation& relation);

/// Returns the size on disk, with indexes.
[[nodiscard]] double bytes_of(const catalog::Relation& relation);

/// Returns what is sampled together, in this order: tiny tables, as many as one task of the plan takes, and
/// then one table of each shape, those that stand for the most bytes first.
[[nodiscard]] std::vector<std::vector<catalog::Place>> sample_choice(const catalog::Catalog& source,
                                                                     const plan::Plan& plan);

}  // namespace pghaul::estimate
