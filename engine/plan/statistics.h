#pragma once

#include "catalog/model.h"

namespace pghaul::plan {

/// Whether the server can be given the planner's statistics of columns, instead of gathering them.
[[nodiscard]] bool takes_statistics(const catalog::Server& target) noexcept;

/// Whether it pays to carry a relation's, if they are fit for it: of few rows ANALYZE takes less time.
[[nodiscard]] bool worth_carrying(const catalog::Relation& relation) noexcept;

/// Whether statistics that were gathered of so many rows do for what has arrived.
[[nodiscard]] bool still_apply(double gathered_of, double arrived) noexcept;

}  // namespace pghaul::plan
