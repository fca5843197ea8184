#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catalog/model.h"
#include "estimate/sampler.h"

namespace pghaul::estimate {

/// How large the rows of all tables will be in an archive, told from samples: of a table that was not tried,
/// from its partitions' or else from all others'; of tiny ones, from the batch of tiny ones. Nothing: there
/// are none.
[[nodiscard]] std::optional<std::int64_t> stored_bytes(const catalog::Catalog& source,
                                                       const std::vector<TableSample>& samples);

/// Whether the disk has room, also when it turns out a tenth larger.
[[nodiscard]] bool has_room(std::int64_t free_bytes, std::int64_t needed_bytes) noexcept;

}  // namespace pghaul::estimate
