#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"
#include "plan/make_plan.h"
#include "plan/page_range.h"
#include "plan/task_graph.h"
#include "postgres/copy_format.h"

/// The COPY statements of both ends. Columns are named, in the source's order, so that the physical order of
/// either side does not matter; generated ones are left out.
/// Source  PostgreSQL manual, page COPY.
namespace pghaul::tasks {

/// Returns the columns' names, quoted, with commas between them.
[[nodiscard]] std::string column_names(const std::vector<catalog::Column>& columns);

[[nodiscard]] std::string copy_out_sql(const catalog::Relation& relation, const plan::PageRange& pages,
                                       postgres::CopyFormat format);
/// Returns a COPY of catalog::computed_columns().
[[nodiscard]] std::string copy_computed_sql(const catalog::Relation& relation, const plan::PageRange& pages,
                                            postgres::CopyFormat format);
/// `freeze`: rows are visible to all at once, and need no second write later; only into a table that was
/// made or truncated in the same transaction.
[[nodiscard]] std::string copy_in_sql(const catalog::Relation& relation, postgres::CopyFormat format,
                                      bool freeze);
/// Returns the same by way of a parent, which finds the partition of each row.
[[nodiscard]] std::string copy_in_sql(const catalog::Relation& relation, const catalog::Relation& parent,
                                      postgres::CopyFormat format);
/// Tells whether COPY FREEZE can be used: it wants the table emptied in the same transaction, so only a task
/// that has a table to itself can have it; for a tiny table the TRUNCATE would cost more than it saves. Rows
/// that an extension has put into its table stay there, and so does a table that others may refer to.
[[nodiscard]] bool freezes(const plan::Task& copy, const plan::TablePlan& table,
                           const catalog::Relation& relation);
/// Returns the relation as it is read on the target, which holds all of the rows that --where has chosen, and
/// no others. Rows that an extension has put into its table are there on both sides.
[[nodiscard]] catalog::Relation on_target(catalog::Relation relation);
[[nodiscard]] std::string count_sql(const catalog::Relation& relation);

}  // namespace pghaul::tasks
