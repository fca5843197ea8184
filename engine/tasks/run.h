#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/reader.h"
#include "archive/writer.h"
#include "catalog/model.h"
#include "journal/journal.h"
#include "measure/progress.h"
#include "measure/timeline.h"
#include "plan/make_plan.h"
#include "postgres/connection_string.h"
#include "postgres/copy_format.h"
#include "postgres/snapshot.h"
#include "schema/schema_archive.h"
#include "tasks/omissions.h"
#include "tasks/opening.h"
#include "tasks/task_names.h"
#include "transport/compression.h"
#include "verify/float_digits.h"
#include "verify/ledger.h"

namespace pghaul::link {
class NearHalf;
}

namespace pghaul::tasks {

/// What the tasks of one run share: what there is to do, and where to write down what was done.
///
/// Ownership  the verb that made it; it outlives the workers.
/// Threads    what isn't thread-safe by itself does not change while workers run, except for the slots of
///            `index_seconds`, `frozen` and `carried`, each of which only the task of its object writes, and
///            `sequences`, which only their one task does.
struct Run {
  const catalog::Catalog* source = nullptr;
  const plan::Plan* plan = nullptr;
  std::vector<const plan::TablePlan*> table_plans;     // by the relation's place; nullptr: no rows to copy
  std::vector<const plan::TablePlan*> computed_plans;  // the same of what the target computes anew
  postgres::Snapshot snapshot;                         // of the source
  std::optional<postgres::Snapshot> target_snapshot;   // of a target that is only compared
  verify::Mode verify = verify::Mode::checksums;
  bool with_owner = true;
  bool with_acl = true;
  const schema::SchemaArchive* archive = nullptr;  // nullptr when only comparing
  std::vector<schema::Entry> after_data;           // entries of the archive for the post-data task
  std::vector<schema::Entry> at_the_end;           // and for the end
  postgres::ConnectionString target;               // for pg_restore
  std::shared_ptr<link::NearHalf> target_link;     // by which that leads; nullptr: by none
  int target_version = 0;
  std::string target_role;          // that makes everything there
  std::size_t locks_together = 10;  // that a worker's transaction may take at once on the target
  int workers = 1;
  double earlier_seconds = 0;      // of a resumed copy: from its first run's start to this one's
  double seconds_after_tasks = 0;  // foretold: the end of the schema, and comparing catalogs
  std::chrono::milliseconds retry_for{0};
  std::chrono::seconds stall_after{0};
  std::string target_still_held;  // TargetHold::still_held_sql(); empty when only comparing
  std::stop_token stop;

  const archive::Reader* stored = nullptr;  // the archive that is the source
  archive::Writer* store = nullptr;         // the archive that is the target
  transport::Compression compression;       // of what goes there

  journal::Journal* journal = nullptr;  // nullptr when only comparing
  std::vector<bool> journalled;         // by the task's id: done by an earlier run
  bool resumed = false;                 // an earlier run has come some way
  Opening opening;
  /// As their task read and set them, which alone writes here; empty when it was not this run's.
  std::vector<catalog::Sequence> sequences;

  verify::Ledger* ledger = nullptr;
  Omissions* omissions = nullptr;
  Omissions uncompared;  // materialized views that could not be read on the source
  measure::Progress* progress = nullptr;
  measure::Timeline* timeline = nullptr;
  std::vector<double> index_seconds;          // by the index's place
  std::vector<char> frozen;                   // by the relation's place: its rows were copied with FREEZE
  std::vector<char> carried;                  // by the relation's place: the source's statistics did for it
  std::vector<char> done;                     // by the task's id: by this run, or by an earlier one
  std::map<plan::Milestone, double> reached;  // seconds since the run's start

  [[nodiscard]] const catalog::Relation& relation(catalog::Place place) const {
    return source->relations[place];
  }
  [[nodiscard]] TaskNames names() const { return {*source, after_data.size()}; }
  [[nodiscard]] bool is_journalled(const plan::Task& task) const {
    return !journalled.empty() && journalled[task.id];
  }
  /// How its rows are compared.
  [[nodiscard]] verify::Mode mode(const plan::TablePlan& table) const {
    const bool only_counted = table.format.only_counted && verify == verify::Mode::checksums;
    return only_counted ? verify::Mode::counts : verify;
  }
  /// Of a relation's rows, those columns of which not every byte counts.
  [[nodiscard]] const verify::FloatColumns& floats(catalog::Place place) const {
    return table_plans[place]->format.floats;
  }
  [[nodiscard]] postgres::CopyFormat format(catalog::Place place) const {
    return table_plans[place]->format.binary ? postgres::CopyFormat::binary : postgres::CopyFormat::text;
  }
};

}  // namespace pghaul::tasks
