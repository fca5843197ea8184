#pragma once

#include <cstdint>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"
#include "rows/buckets.h"

namespace pghaul::rows {

/// Divides a table into about `count` buckets of about as many rows each, by the keys of rows on blocks
/// chosen at random. `key`: one by range.
[[nodiscard]] Result<Buckets> sample_buckets(postgres::Connection& server, const catalog::Relation& table,
                                             const Key& key, std::size_t count);

}  // namespace pghaul::rows
