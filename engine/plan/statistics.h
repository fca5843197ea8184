#pragma once

#include "catalog/model.h"

namespace pghaul::plan {

/// Tells whether the server can be given the planner's statistics of columns, instead of gathering them.
[[nodiscard]] bool takes_statistics(const catalog::Server& target) noexcept;

/// Tells whether it pays to carry a relation's statistics, if they are fit for it: for few rows ANALYZE takes
/// less time.
[[nodiscard]] bool worth_carrying(const catalog::Relation& relation) noexcept;

/// Tells whether statistics that were gathered from so many rows do for the rows that have arrived.
[[nodiscard]] bool still_apply(double gathered_of, double arrived) noexcept;

}  // namespace pghaul::plan
