#pragma once

#include <string>

#include "catalog/model.h"
#include "plan/page_range.h"
#include "postgres/copy_format.h"

/// The COPY statements of both ends. Columns are named, in the source's order, so that the physical order of
/// either side does not matter; generated ones are left out.
/// Source  PostgreSQL manual, page COPY.
namespace pghaul::job {

[[nodiscard]] std::string copy_out_sql(const catalog::Relation& relation, const plan::PageRange& pages,
                                       postgres::CopyFormat format);
/// `freeze`: rows are visible to all at once, and need no second write later; only into a table that was
/// made or truncated in the same transaction.
[[nodiscard]] std::string copy_in_sql(const catalog::Relation& relation, postgres::CopyFormat format,
                                      bool freeze);
[[nodiscard]] std::string count_sql(const catalog::Relation& relation);

}  // namespace pghaul::job
