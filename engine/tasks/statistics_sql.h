#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

/// The planner's statistics as rows: one for each column, as pg_stats shows them.
namespace pghaul::tasks {

/// Returns statements that make `table` in the target and read its rows. `source_version`: decides what
/// pg_stats shows there.
[[nodiscard]] std::string create_statistics_sql(const std::string& table);
[[nodiscard]] std::string index_statistics_sql(const std::string& table);
[[nodiscard]] std::string copy_statistics_out_sql(const std::vector<catalog::Oid>& relations,
                                                  int source_version);
[[nodiscard]] std::string copy_statistics_in_sql(const std::string& table);

/// A relation that is given statistics, and what is known of its rows.
struct Arrived {
  catalog::Place place = catalog::kNone;
  double rows = 0;
  bool frozen = false;  // then all of its pages are marked as visible to everybody
};
/// Returns a query with one row for each relation: its place, and whether all went in.
[[nodiscard]] std::string give_statistics_sql(const std::string& table, const catalog::Catalog& source,
                                              const std::vector<Arrived>& relations);

}  // namespace pghaul::tasks
