#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/left_out.h"
#include "measure/different_rows.h"
#include "measure/estimate_report.h"
#include "measure/live_status.h"
#include "measure/synced_table.h"
#include "measure/timeline.h"

namespace pghaul::measure {

/// The result of a run, as users and programs get it (docs/report.md). Plain values, no secrets.
struct Report {
  struct Database {
    std::string server_version;
    std::string database;
    std::string description;                      // "shop on db.example.com:5432"
    std::int64_t bytes = 0;                       // on disk
    std::map<std::string, std::string> settings;  // the server's, as pg_settings has them
  };
  struct Table {
    std::string schema, name;
    std::int64_t rows = 0;   // estimated, in the report of a plan
    std::int64_t bytes = 0;  // COPY data; on disk, in the report of a plan
    double seconds = 0;
    std::string format, reason;  // binary or text, and why text
    std::uint32_t chunks = 1;
    std::string digest;
    bool verified = false;
    std::string tree,
        tree_reason;  // the partitioned table by way of which rows were copied, and why; or empty
  };
  struct Index {
    std::string schema, name, table;
    std::int64_t bytes = 0;
    double seconds = 0;
  };
  struct LargeObjects {
    std::int64_t count = 0, bytes = 0;
    bool verified = false;
  };
  struct Finding {
    std::string severity, code, object, message, hint;
  };
  struct Mismatch {
    std::string object, message;
    std::string hint = {};  // what to do; may be empty
  };
  struct Note {  // a remark that is no difference, such as an object that was not compared
    std::string object, message;
  };
  struct Verification {
    std::string mode;
    std::int64_t tables = 0, rows = 0;
    std::int64_t generated_columns = 0, materialized_views = 0,
                 indexes = 0;  // numbers of what was compared, or checked
    std::vector<Mismatch> mismatches = {};
    std::vector<Note> notes = {};
    std::vector<DifferentRows> different_rows = {};  // as far as they were asked for
  };
  using SyncedTable = measure::SyncedTable;
  struct Sync {
    bool planned = false;  // nothing was written
    std::vector<SyncedTable> tables;
    std::size_t sequences = 0;  // numbers of those set
    bool by_record = false;     // of the target's copy, which was asked what has changed since
    std::size_t unchanged = 0;  // tables that the record says are equal
    std::vector<Note> in_full;  // why the record was not used, or not for a table; not when there is none
  };
  struct Suggestion {
    std::string message;
    std::optional<double> gain_seconds;  // at most; absent: not known
  };
  struct Statistics {  // numbers of tables whose planner's statistics were carried, or gathered
    std::size_t carried = 0, analyzed = 0;
  };
  struct Counts {  // numbers of objects, in the report of a plan
    std::size_t indexes = 0, keys = 0, foreign_keys = 0, materialized_views = 0, sequences = 0;
  };

  struct Abandoned {
    std::string source, started;  // the copy that is given up: its source, and when it started
    int runs = 0;
    std::int64_t tasks_done = 0;
    std::vector<std::pair<std::string, std::int64_t>> left;  // kinds of objects on the target: "table", 12
    bool freed_source = false;   // a live copy's slot and publication were removed
    bool was_following = false;  // a live copy whose rows had all been copied
  };
  struct Finish {  // of a live copy: which server is open, and what keeps the other one closed
    std::string opened, closed;
    bool read_only = false;           // new sessions of the latter can only read
    std::int64_t ended_sessions = 0;  // likewise
  };
  struct Standby {      // that was prepared to become a live copy's target
    std::string slot;   // on the source
    std::string until;  // the LSN at which it has to end its recovery
  };
  struct Forecast {  // of a copy's duration, corrected by what earlier copies took
    double low = 0, likely = 0,
           high = 0;              // seconds; 10 of 100 copies take less than `low`, 10 more than `high`
    std::size_t past_copies = 0;  // between the two servers, from which it was corrected
    bool rehearsed = false;       // it rests on a rehearsal of this very copy
    // By a probe of the processors: times the shipped rates.
    std::optional<double> slowdown;
  };
  struct DatabaseRun {  // of one database of a server
    std::string name;
    std::string report;  // its own, as JSON
    int exit_status = 0;
  };
  struct Milestone {
    std::string name;
    double seconds = 0;  // counted from the run's start
  };
  struct Opening {  // the application was let in before the end
    std::string after;
    std::optional<double> seconds;  // counted from the run's start; absent: an earlier run opened it
  };
  struct Read {  // the part of the source that a discarded copy has read
    std::uint64_t bytes = 0;
    double seconds = 0;
  };
  struct LiveSample {  // of a live copy, at most one for each second
    double at = 0;     // seconds since the verb began
    double lag_seconds = 0, changes_per_second = 0;
  };
  struct ProofRound {            // a comparison of the rows that a live copy had changed
    double at = 0, seconds = 0;  // when it ended, since the verb began; how long it took
    std::uint64_t keys = 0;      // of these rows
    std::size_t different = 0;   // tables
  };
  struct SwitchoverStep {
    std::string name;
    int attempt = 0;  // counts from 1; 0: of none
    double at = 0;    // seconds since the verb began
    double seconds = 0;
    std::string failure;  // empty: it succeeded
  };
  struct Carried {  // what a switchover copies itself, as its changes are not followed
    std::string object, reason;
    double forecast_seconds = 0;    // that a copy of it took beforehand
    std::optional<double> seconds;  // that one took while writers waited; nothing: it had not changed
  };
  struct Switchover {
    std::string state;  // open, rehearsed, given_up, decided, switched
    int attempts = 0;
    std::vector<SwitchoverStep> steps;
    std::optional<double>
        hold_seconds;  // writers of the source waited, in the last attempt that had them wait
    std::optional<double> forecast_seconds;  // of that, by a rehearsal
    bool resumed = false;                    // an earlier run had decided
    bool proved = false;                     // every row was compared with the source after its last change
    std::vector<Carried> carried;
    std::vector<std::string> blockers;           // what stood in the way of the last attempt
    std::optional<std::int64_t> ended_sessions;  // on the server that was closed
  };
  struct Missing {  // an object to be made by hand, after an opening whose copy could not be finished
    std::string object, statement;
  };
  struct Resumed {
    std::string started;                          // when the first run started
    int run = 0;                                  // this one's number
    std::size_t tasks_done = 0, tasks = 0;        // before this one, and in all
    std::uint64_t rows_done = 0, bytes_done = 0;  // before this one
  };

  std::string verb;
  std::string status;
  std::string started;  // UTC, ISO 8601
  std::optional<Error> error;
  std::optional<Database> source, target;
  double seconds = 0;                       // from the verb's start to its end
  std::optional<double> predicted_seconds;  // by the shipped rates
  std::optional<Forecast> forecast;
  double earlier_seconds = 0;  // from a resumed copy's first run's start to this one's
  bool is_downtime = false;    // the seconds, or those until the opening, are a copy's downtime
  std::vector<Table> tables;
  std::vector<Index> indexes;
  std::optional<Counts> counts;
  std::optional<LargeObjects> large_objects;
  std::optional<Statistics> statistics;
  LeftOuts left_out;  // if any, the verb's result is partial
  std::vector<Finding> findings;
  std::optional<Verification> verification;
  std::optional<Sync> sync;
  std::optional<EstimateReport> estimate;
  std::optional<Abandoned> abandoned;
  std::optional<Finish> finish;
  std::optional<Standby> standby;
  std::optional<Resumed> resumed;
  std::vector<Milestone> milestones;  // reached before the end
  std::optional<Opening> opening;
  std::vector<Missing> missing;
  std::optional<LiveStatus> live;  // of a live copy: how it stood at last
  std::vector<LiveSample> live_samples;
  std::vector<ProofRound> live_rounds;  // the last thousand
  std::optional<Switchover> switchover;
  bool rehearsal = false;
  std::vector<DatabaseRun> databases;  // with --all-databases, in the order in which they began
  bool partial = false;                // something is left out of one of these
  std::optional<Read> read;
  std::vector<Span> spans;
  std::vector<Sample> samples;
  std::map<std::string, std::string> settings;  // the run's options, without secrets
  int jobs = 0;

  [[nodiscard]] std::string to_json() const;
};

}  // namespace pghaul::measure
