#include "tasks/prove_unchanged.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "crew/crew.h"
#include "crew/item_list.h"
#include "crew/watchdog.h"
#include "postgres/copy_out.h"
#include "tasks/copy_sql.h"
#include "tasks/large_objects_sql.h"
#include "tasks/work_plan.h"
#include "verify/read_back.h"

namespace pghaul::tasks {
namespace {

constexpr std::size_t kNamesShown = 5;

bool holds_rows(plan::TaskKind kind) {
  return kind == plan::TaskKind::copy || kind == plan::TaskKind::large_objects;
}

/// Returns the statement that read the object's rows when they were copied.
std::string copied_by(const WorkPlan& work, const plan::Task& task, catalog::Place object) {
  if (task.kind == plan::TaskKind::large_objects) return copy_large_objects_sql(work.source(), object);
  return copy_out_sql(work.relation(object), task.pages, work.format(object));
}

/// Reads again, with a crew of workers, and collects what differs.
class Comparison {
 public:
  Comparison(const WorkPlan& work, const postgres::Snapshot& snapshot, const journal::Journal::Done& done)
      : work_(&work), snapshot_(&snapshot), done_(&done) {
    for (const auto& [id, lines] : done) {
      if (holds_rows(work.tasks()[id].kind)) copied_.push_back(id);
    }
  }

  Status run(const crew::Worker::Endpoints& ends, std::chrono::seconds stall_after,
             measure::Progress& progress) {
    std::vector<double> seconds;
    for (const plan::TaskId id : copied_) seconds.push_back(work_->tasks()[id].seconds);
    crew::ItemList readings(seconds);
    std::optional<crew::Crew> crew;
    const auto read = [&](crew::Worker& worker, crew::ItemId place, const std::stop_token&) -> Status {
      Status done = reread(worker, copied_[place]);
      if (!done) static_cast<void>(crew->retire(worker));  // then another worker does it
      return done;
    };
    crew.emplace(readings, work_->plan().jobs, ends, read);
    const crew::Watchdog watchdog(
        ends, stall_after, [&](postgres::Side side) { return crew->lifelines(side); }, progress,
        [&](Error failure) { crew->fail_with(std::move(failure)); });
    return crew->run(ends.stop, [] {});
  }
  [[nodiscard]] const std::set<std::string>& changed() const noexcept { return changed_; }

 private:
  Status reread(crew::Worker& worker, plan::TaskId copied) {
    const plan::Task& task = work_->tasks()[copied];
    const Result<postgres::Connection*> source = worker.source();
    if (!source) return fail(source.error());
    const Result<postgres::Transaction> reading = snapshot_->begin(**source);
    if (!reading) return fail(reading.error());
    for (const journal::DoneEntry& line : done_->at(copied)) {
      const bool rows_of_table = task.kind == plan::TaskKind::copy;
      const postgres::CopyFormat format =
          rows_of_table ? work_->format(line.object) : postgres::CopyFormat::binary;
      Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
          **source, copied_by(*work_, task, line.object), format, work_->describe(task));
      if (!rows) return fail(rows.error());
      const Result<verify::Digest> digest = verify::read_back(
          *rows, worker.buffer(), rows_of_table ? work_->floats(line.object) : verify::FloatColumns{});
      if (!digest) return fail(digest.error());
      if (*digest == line.digest) continue;
      const std::lock_guard lock(mutex_);
      changed_.insert(rows_of_table ? shown(work_->relation(line.object).name) : "large objects");
    }
    return {};
  }

  const WorkPlan* work_;
  const postgres::Snapshot* snapshot_;
  const journal::Journal::Done* done_;
  std::vector<plan::TaskId> copied_;  // the tasks whose rows are read again
  std::mutex mutex_;
  std::set<std::string> changed_;
};

}  // namespace

bool has_source_to_read(const WorkPlan& work, const journal::Journal::Done& done) {
  const std::vector<plan::Task>& tasks = work.tasks();
  return std::ranges::any_of(tasks, [&](const plan::Task& task) {
    return plan::reads_source(task.kind) && !done.contains(task.id);
  });
}

Status prove_unchanged(const WorkPlan& work, const postgres::Snapshot& snapshot,
                       const journal::Journal::Done& done, bool same_state,
                       const crew::Worker::Endpoints& ends, std::chrono::seconds stall_after,
                       measure::Progress& progress) {
  if (same_state || !has_source_to_read(work, done)) return {};
  Comparison comparison(work, snapshot, done);
  const Status read = comparison.run(ends, stall_after, progress);
  if (!read) return read.error().during("reading the source again, to see whether it has changed");
  const std::set<std::string>& changed = comparison.changed();
  if (changed.empty()) return {};
  std::vector<std::string> names(changed.begin(), changed.end());
  const std::size_t shown = std::min(names.size(), kNamesShown);
  std::string list =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (names.size() > shown) list += fmt::format(" and {} more", names.size() - shown);
  return fail(ErrorCode::snapshot_lost,
              "the source was written to after a part of it had been copied: " + list +
                  " changed, and the state that was copied is no longer available",
              "stop writes and use --resume --new-snapshot, which copies everything anew");
}

}  // namespace pghaul::tasks
