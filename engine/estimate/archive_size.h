#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catalog/model.h"
#include "estimate/sampler.h"

namespace pghaul::estimate {

/// Predicts the size in an archive of all tables' rows from samples: a table that was not sampled is taken to
/// be like its partitions, or else like all others; tiny ones like the group of tiny ones. Nothing: there are
/// no samples.
[[nodiscard]] std::optional<std::int64_t> stored_bytes(const catalog::Catalog& source,
                                                       const std::vector<TableSample>& samples);

/// Tells whether the disk has room, even if it turns out a tenth larger.
[[nodiscard]] bool has_room(std::int64_t free_bytes, std::int64_t needed_bytes) noexcept;

}  // namespace pghaul::estimate
