#pragma once

#include <vector>

#include "catalog/model.h"
#include "plan/make_plan.h"

/// Which tables of a source an estimate tries. Pure.
namespace pghaul::estimate {

/// Rows of one shape: a table, or all partitions of one parent.
[[nodiscard]] catalog::Oid shape_of(const catalog::Relation& relation);

/// On disk, with indexes.
[[nodiscard]] double bytes_of(const catalog::Relation& relation);

/// What is tried together, in this order: tiny tables, as many as one task of the plan takes, and then one
/// table of each shape, those with the most bytes behind them first.
[[nodiscard]] std::vector<std::vector<catalog::Place>> sample_choice(const catalog::Catalog& source,
                                                                     const plan::Plan& plan);

}  // namespace pghaul::estimate
