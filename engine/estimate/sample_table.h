#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/page_range.h"
#include "postgres/copy_format.h"

/// SQL that tries out a table on a target that knows none of its types, only PostgreSQL's own. Pure.
namespace pghaul::estimate {

inline constexpr int kSamplePieces = 3;
inline constexpr std::int64_t kSampleBytes = 8 << 20;  // size of a piece, on the source's disk

/// Returns what is read of a table: pieces that are evenly spread over it; all of a small one.
[[nodiscard]] std::vector<plan::PageRange> sample_pieces(const catalog::Relation& relation);

/// Returns a table like `relation` with the columns that can be tried out, and types that any target has and
/// that take the same COPY data: an enum's labels are text, a domain is its base; other types of users only
/// in text format. `number`: distinguishes it from others that are tried out at the same time.
[[nodiscard]] catalog::Relation scratch_table(const catalog::Catalog& source,
                                              const catalog::Relation& relation, bool binary,
                                              std::size_t number = 0);
[[nodiscard]] std::string create_scratch_table(const catalog::Relation& scratch);
/// Returns COPY of a piece of a table; before PostgreSQL 14, too, where a range of pages would read all of
/// it.
[[nodiscard]] std::string copy_piece_sql(const catalog::Relation& scratch, const catalog::Relation& relation,
                                         const plan::PageRange& pages, postgres::CopyFormat format,
                                         int server_version);
/// Returns the index's definition for another table, without name and uniqueness. Nothing: it can't be
/// parsed.
[[nodiscard]] std::optional<std::string> create_scratch_index(const catalog::IndexInfo& index,
                                                              const catalog::Relation& scratch);

}  // namespace pghaul::estimate
