#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "discovery/discovery.h"
#include "discovery/source_hold.h"
#include "discovery/verb_context.h"
#include "postgres/snapshot.h"
#include "rows/compared_table.h"
#include "rows/table_comparison.h"
#include "tasks/results.h"
#include "tasks/run_tasks.h"
#include "tasks/work_plan.h"

namespace pghaul::compare {

/// A table, or a tree of partitions, whose digests differ.
struct DifferentTable {
  std::string object;  // its name for people, as mismatches have it
  rows::ComparedTable table;
  rows::Range whole;  // all keys, with both digests of all rows
  const rows::BucketTally* tally = nullptr;
  catalog::Place tree = catalog::kNone;  // the partitioned table that finds each row's partition
  bool only_counted = false;             // the two servers' rows can't be compared
};

/// Finds the rows in which tables differ: prepared before the tables are read for their digests, it has them
/// counted by bucket on the way, and afterwards looks only where buckets differ.
///
/// Ownership  none of catalog and plan, which outlive it.
/// Threads    one.
class RowSearch {
 public:
  /// Reads both servers' keys, and divides the large ones of the plan's tables. The work counts by them.
  [[nodiscard]] static Result<std::unique_ptr<RowSearch>> prepare(discovery::Discovery& found,
                                                                  discovery::SourceHold& target,
                                                                  tasks::WorkPlan& work);

  /// Returns the tables that differ, once all are read.
  [[nodiscard]] std::vector<DifferentTable> different(const tasks::Results& results) const;

 private:
  struct Table {
    std::vector<catalog::Place> places;
    catalog::Place named = catalog::kNone;
    rows::Key key;
  };
  RowSearch(const tasks::WorkPlan& work) : work_(work) {}
  void gather_tables();
  [[nodiscard]] Status divide(postgres::Connection& source);

  const tasks::WorkPlan& work_;
  std::vector<Table> tables_;
};

/// The two states that are compared.
struct ComparedStates {
  postgres::Snapshot source;
  postgres::Snapshot target;
};

/// Calls `look` for each of the tables, several at a time, each with a worker's connections. `look`:
/// called with the table's place in `tables`; both connections are in transactions that show the states.
/// `failed`: says what a failure of that means for the whole. `tick`: called a few times a second meanwhile.
[[nodiscard]] Status for_each_table(
    const discovery::VerbContext& context, const std::vector<DifferentTable>& tables,
    const ComparedStates& states, const tasks::CrewOptions& options,
    const std::function<Status(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                               postgres::Connection& target)>& look,
    const std::function<Status(std::size_t table, Error failure)>& failed,
    const std::function<void()>& tick = [] {});

}  // namespace pghaul::compare
