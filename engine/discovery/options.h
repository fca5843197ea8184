#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/error.h"
#include "measure/past_copy.h"
#include "plan/milestone.h"
#include "postgres/connection.h"
#include "schema/schema_archive.h"
#include "transport/compression.h"
#include "verify/ledger.h"

namespace pghaul::discovery {

/// Options of a run, as set through the C interface.
struct Options {
  std::string source;
  std::string target;
  std::string source_via;  // the command that starts the far half of a link; empty: none
  std::string target_via;
  std::string source_password;  // where the connection string gives none, and libpq finds none
  std::string target_password;
  std::string role;         // taken by SET ROLE on both servers; empty: the one that connects
  std::string source_role;  // likewise on one of them, instead
  std::string target_role;
  int jobs = 0;  // 0: chosen
  schema::Filters filters;
  bool with_large_objects = true;       // the default, where nothing asks for them
  bool asks_for_large_objects = false;  // also with a choice of schemas or tables
  bool carry_statistics = true;         // the planner's, where the target takes them, rather than ANALYZE
  bool skip_unreadable = false;         // what can't be carried is left out and named, instead of refused
  std::string confirm;                  // the target database's name: its contents may be dropped
  verify::Mode verify = verify::Mode::checksums;

  bool schema_only = false;                      // definitions, and nothing that they hold
  bool data_only = false;                        // rows, into definitions that the target has
  std::vector<std::string> excluded_table_data;  // patterns of tables that are copied without rows
  std::vector<std::string> where;                // TABLE=CONDITION: a pattern of tables, and the rows to copy
  std::set<std::string> sections;                // of pg_dump; those that settle schema_only and data_only
  std::map<std::string, std::string> tablespaces;  // the source's, by what they are called on the target

  bool live = false;                      // compare while a live copy goes on: for verify
  int rows = 0;                           // of each table that differs, to be named: for verify; 0: none
  std::string rows_file;                  // gets all of them; empty: none
  bool dry_run = false;                   // say what would be written, and write nothing: for sync
  bool keep_record = false;               // in the target, of what was copied: for a later sync
  bool only_restarted = false;            // the source, since then: none of its files were restored
  bool check_indexes = false;             // the target's, by amcheck: for verify
  std::string snapshot;                   // exported by another session; empty: our own
  bool resume = false;                    // resume the job whose journal the target holds
  bool new_snapshot = false;              // where that can't be done, restart
  std::chrono::seconds stall_after{120};  // without an answer or a byte: a connection is given up
  std::chrono::seconds retry_for{300};    // for how long an outage of a server is waited out

  plan::Milestone open_after = plan::Milestone::verified;  // when the application is let in
  bool all_databases = false;                              // of the source's server
  bool create = false;                                     // the target database, where there is none
  std::string maintenance_db;                              // where to connect for that; empty: chosen
  bool confirm_larger = false;                             // drop also what is larger, or in use
  bool skip_failing = false;                               // leave out what the target can't be given
  bool roles = false;                                      // make those that the target lacks
  bool follow = false;                                     // go on with the changes after the copy
  std::int64_t slot_limit = 0;   // bytes of WAL that a live copy may keep on the source; 0: no limit
  bool prepare_standby = false;  // make what a live copy into it needs on the source, and end
  std::string filled_at;         // the LSN up to which the target has been a standby; empty: it is copied
  double round_every = 300;      // seconds between comparisons of what a live copy has changed
  bool source_lost = false;      // the source is gone for good: for abandon
  bool rehearse = false;         // into a database that is dropped again
  bool discard = false;          // read the source, and keep nothing
  bool try_schema = false;       // restore it into a scratch database: for plan

  // Options of switchover.
  double at_most = 2;  // seconds that writers may wait
  int attempts = 5;
  double wait_ready = 60;     // seconds until it may begin
  bool prove_first = false;   // compare all rows before the decision
  bool back = false;          // with the ends exchanged
  bool way_back = true;       // let the old server follow the new one
  bool end_blockers = false;  // end the sessions that stand in the way
  bool end_sessions = false;  // end all sessions of the server that was closed
  std::string on_hold;        // commands; empty: none
  std::string on_open;

  bool open_old = false;  // of finish: the closed server takes writes again

  // Options of estimate.
  bool sync = false;                 // of a copy ahead, besides one in the window
  double budget = 30;                // seconds for measuring
  double window = 0;                 // seconds that writes may stop; 0: not given
  double growth = 1;                 // times the present size
  std::vector<int> jobs_to_compare;  // numbers of workers
  std::vector<measure::PastCopy> past;

  transport::Compression compression;  // that of an archive that is written, and of links
  std::string toast_compression;       // that of large values on the target; empty: the target's setting

  [[nodiscard]] const std::string& role_on(postgres::Side side) const {
    const std::string& own = side == postgres::Side::source ? source_role : target_role;
    return own.empty() ? role : own;
  }

  /// Decides as pg_dump does with -b, -B, -n and -t.
  [[nodiscard]] bool wants_large_objects() const {
    return !schema_only && (asks_for_large_objects || (with_large_objects && filters.with_database()));
  }
  /// Sets an option by its name in pghaul.h.
  [[nodiscard]] Status set(const std::string& option, const std::string& value);
  /// Returns what must be the same in a run that resumes the job, by the names of set().
  [[nodiscard]] std::map<std::string, std::string> identity() const;
  /// Returns the given options for the report, by the same names, without the connection strings.
  [[nodiscard]] std::map<std::string, std::string> shown() const;
};

}  // namespace pghaul::discovery
