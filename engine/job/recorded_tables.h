#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "compare/row_search.h"
#include "crew/worker.h"
#include "discovery/verb_context.h"
#include "job/both_databases.h"
#include "measure/progress.h"
#include "postgres/history.h"

namespace pghaul::job {

struct RowCount {
  std::uint64_t rows = 0;
  std::uint64_t possibly_new = 0;  // of these
};

/// Counts a table's rows, and those for which the condition `written` holds. `share`: of the table's blocks,
/// chosen at random, from which the numbers of all are extrapolated.
[[nodiscard]] Result<RowCount> count_rows(postgres::Connection& server, const catalog::Name& table,
                                          const std::string& written, double share = 1);

/// A table with a key, of which the record of its copy tells which rows may have changed since.
struct ChangedTable {
  compare::DifferentTable table;
  std::uint64_t source_rows = 0;
  std::uint64_t target_rows = 0;
  std::string possibly_new;       // condition for the source's rows
  std::string written_on_target;  // condition for the target's rows: it holds for none of these
};

/// The counts of a recorded table, and how long they took.
struct CountedTable {
  catalog::Place place = catalog::kNone;
  RowCount source = {};  // with whether there are possibly new ones, unless for a forecast with how many
  RowCount target = {};
  double source_seconds = 0;
  double target_seconds = 0;
  double share = 1;  // of the table's blocks, from which the numbers were extrapolated
};

/// The tables that changed since the copy that the target has a record of, as both servers say.
struct RecordedTables {
  std::map<catalog::Place, std::uint64_t> unchanged;  // with their rows
  std::vector<ChangedTable> changed;
  postgres::History target;                    // the target's state in which they were counted
  std::vector<measure::Report::Note> in_full;  // why all tables, or one, have to be compared in full
  std::vector<CountedTable> counted;           // whatever followed from it
  bool found = false;                          // there is a record, and it holds
};

/// How much is counted for a forecast.
struct CountingLimits {
  std::uint32_t most_blocks = 0;  // larger tables are counted on as many of their blocks only
  double until = 0;               // seconds of the run, from when on no further table is counted
};

/// Counts each recorded table's rows on both sides, and those written since: no row is sent. A table that was
/// written to on the target, or whose rows can't be told so, is left to be compared in full.
///
/// `limits`: for a forecast, which does without the tables that are beyond them.
[[nodiscard]] Result<RecordedTables> ask_what_has_changed(const discovery::VerbContext& context,
                                                          Compared& both, const crew::Worker::Endpoints& ends,
                                                          measure::Progress& progress,
                                                          const std::optional<CountingLimits>& limits = {});

}  // namespace pghaul::job
