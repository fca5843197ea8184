#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/error.h"
#include "measure/past_copy.h"
#include "plan/milestone.h"
#include "schema/schema_archive.h"
#include "transport/compression.h"
#include "verify/ledger.h"

namespace pghaul::discovery {

/// What a run is asked to do, as set through the C interface.
struct Options {
  std::string source;
  std::string target;
  std::string source_via;  // the command that starts the far half of a link; empty: none
  std::string target_via;
  int jobs = 0;  // 0: chosen
  schema::Filters filters;
  bool with_large_objects = true;       // where nothing asks for them
  bool asks_for_large_objects = false;  // also with a choice of schemas or tables
  bool carry_statistics = true;         // the planner's, where the target takes them, rather than ANALYZE
  bool skip_unreadable = false;         // what can't be carried is left out and named, instead of refused
  std::string confirm;                  // the target database's name: what it holds may go
  verify::Mode verify = verify::Mode::checksums;
  bool check_indexes = false;             // of the target, by amcheck: of verify
  std::string snapshot;                   // exported by somebody else; empty: our own
  bool resume = false;                    // go on with the job whose journal the target holds
  bool new_snapshot = false;              // where that can't be done, start over
  std::chrono::seconds stall_after{120};  // without an answer or a byte: a connection is given up
  std::chrono::seconds retry_for{300};    // an outage of a server that is waited for

  plan::Milestone open_after = plan::Milestone::verified;  // when the application is let in
  bool rehearse = false;                                   // into a database that is dropped again
  bool discard = false;                                    // read the source, and keep nothing

  // Of estimate.
  double budget = 30;                // seconds, in which it has measured
  double window = 0;                 // seconds that writes may stand still; 0: not said
  double growth = 1;                 // times the present size
  std::vector<int> jobs_to_compare;  // numbers of workers
  std::vector<measure::PastCopy> past;

  transport::Compression compression;  // of an archive that is written, and of what crosses links
  std::string toast_compression;       // of large values on the target; empty: what the target is set to

  /// As pg_dump decides it with -b, -B, -n and -t.
  [[nodiscard]] bool wants_large_objects() const {
    return asks_for_large_objects || (with_large_objects && filters.with_database());
  }
  /// By the names that pghaul.h lists.
  [[nodiscard]] Status set(const std::string& option, const std::string& value);
  /// What must be the same when another run goes on with a job, by the names of set().
  [[nodiscard]] std::map<std::string, std::string> identity() const;
  /// For the report: what was asked for, by the same names, without the connection strings.
  [[nodiscard]] std::map<std::string, std::string> shown() const;
};

}  // namespace pghaul::discovery
