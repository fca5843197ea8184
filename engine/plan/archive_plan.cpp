#include "plan/archive_plan.h"

#include <algorithm>
#include <utility>

#include "base/units.h"
#include "plan/computed_tasks.h"
#include "plan/cost.h"
#include "plan/jobs.h"
#include "plan/relation_groups.h"
#include "plan/relatives.h"

namespace pghaul::plan {
namespace {

constexpr std::int64_t kFileBytes = 64_MiB;  // size on the source's disk
constexpr std::int64_t kMostFiles = 256;     // limit for one table

std::uint32_t files_of(const catalog::Relation& table, const catalog::Server& server) {
  if (server.version < kFirstWithTidRangeScan || !table.extension.empty()) return 1;
  const std::int64_t wanted = std::min((table.heap_bytes + table.toast_bytes) / kFileBytes, kMostFiles);
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(wanted, 1, std::max<std::uint32_t>(table.heap_pages, 1)));
}

/// The cost of files: the first two together are done by one task, while rows cross; the third by another
/// one.
struct Work {
  double reading = 0;
  double packing = 0;
  double unpacking = 0;
  LineTime rows;

  Work& operator+=(const Work& other) noexcept {
    reading += other.reading;
    packing += other.packing;
    unpacking += other.unpacking;
    rows += other.rows;
    return *this;
  }
  [[nodiscard]] Work part(double of) const noexcept {
    return {reading / of, packing / of, unpacking / of, {.from_source = rows.from_source / of}};
  }
};

Work work_of(const catalog::Relation& relation, const TablePlan& table, const PlanOptions& options) {
  const Volume rows = volume_of(relation);
  const Factors& factors = options.factors;
  const Rates& rates = options.rates;
  return {.reading = read_back_seconds(rows, table.format.binary, rates) *
                     Factors::of(factors.read_source, table.relation),
          .packing = pack_seconds(rows, rates) * Factors::of(factors.pack, table.relation),
          .unpacking = unpack_seconds(rows, rates) * Factors::of(factors.unpack, table.relation),
          .rows = copy_crossing(rows, table.relation, rates, factors)};
}

/// Adds a task that writes files, and one that reads them again.
void add_written(TaskGraph& graph, Task write, const Work& work, TaskKind read_back,
                 const PlanOptions& options) {
  const double making = options.rates.store_file * static_cast<double>(write.objects.size());
  Task read = write;
  const Storing storing = plan::storing(work.reading, work.packing + making, options.rates);
  write.seconds = options.rates.transaction + storing.seconds;
  write.load = storing.load;
  cross(write, work.rows);
  const auto questions = kSnapshotAnswers + static_cast<double>(write.objects.size());
  wait_longer(write, questions * options.rates.source_answer);
  const TaskId written = graph.add(std::move(write));
  if (!options.read_back) return;
  read.kind = read_back;
  read.milestone = milestone_of(read_back);
  read.seconds = making + work.unpacking;
  read.load = {.source = 0, .target = 0, .client = 1};
  read.after = {written};
  graph.add(std::move(read));
}

void add_table(TaskGraph& graph, const catalog::Relation& relation, const TablePlan& table,
               const PlanOptions& options) {
  const Work work = work_of(relation, table, options).part(table.chunks);
  std::uint32_t part = 0;
  for (const PageRange& pages : split_pages(relation.heap_pages, table.chunks)) {
    Task task;
    task.objects = {table.relation};
    task.pages = pages;
    task.part = part++;
    task.parts = table.chunks;
    add_written(graph, std::move(task), work, TaskKind::read_back, options);
  }
}

void add_large_objects(TaskGraph& graph, const catalog::LargeObjects& objects, const PlanOptions& options) {
  if (!options.with_large_objects) return;
  const auto ranges = static_cast<catalog::Place>(objects.range_starts.size());
  const Rates& rates = options.rates;
  const double gigabytes = static_cast<double>(objects.bytes) / kGigabyte;
  const Work all{read_large_objects_seconds(objects, rates),
                 gigabytes * rates.pack_objects_gb,
                 gigabytes * rates.unpack_objects_gb,
                 {.from_source = gigabytes * rates.copy_from_gb}};
  for (catalog::Place range = 0; range < ranges; ++range) {
    Task task;
    task.kind = TaskKind::large_objects;
    task.objects = {range};
    add_written(graph, std::move(task), all.part(ranges), TaskKind::large_objects_read_back, options);
  }
}

/// Returns the source's server without extensions: the reader of the archive may have other versions of them.
catalog::Server anywhere(const catalog::Server& source) {
  catalog::Server any = source;
  any.extensions.clear();
  any.available_extensions.clear();
  return any;
}

std::vector<TablePlan> plan_tables(const catalog::Catalog& source, FormatChooser& formats,
                                   const PlanOptions& options) {
  std::vector<TablePlan> tables;
  for (catalog::Place place = 0; place < source.relations.size(); ++place) {
    const catalog::Relation& relation = source.relations[place];
    if (!carries_rows(relation)) continue;
    TablePlan table;
    table.relation = place;
    table.format = formats.choose(relation);
    const Work work = work_of(relation, table, options);
    table.seconds = storing(work.reading, work.packing, options.rates).seconds;
    table.chunks = static_cast<std::uint32_t>(
        split_pages(relation.heap_pages, files_of(relation, source.server)).size());
    tables.push_back(std::move(table));
  }
  return tables;
}

void add_tables(Plan& plan, const catalog::Catalog& source, const PlanOptions& options) {
  const Relatives links(source);
  for (const RelationGroup& group : group_relations(source, links, plan.jobs)) {
    const catalog::Place first = group.relations[0];
    if (!carries_rows(source.relations[first])) continue;
    if (!group.tiny) {
      const auto table = std::ranges::lower_bound(plan.tables, first, {}, &TablePlan::relation);
      add_table(plan.graph, source.relations[first], *table, options);
      continue;
    }
    Task task;
    task.objects = group.relations;
    Work work;
    for (const catalog::Place place : group.relations) {
      const auto one = std::ranges::lower_bound(plan.tables, place, {}, &TablePlan::relation);
      if (one != plan.tables.end() && one->relation == place)
        work += work_of(source.relations[place], *one, options);
    }
    add_written(plan.graph, std::move(task), work, TaskKind::read_back, options);
  }
}

/// Adds digests of generated columns, for the restore. A materialized view's rows come from a refresh there,
/// with which no digest from here can be compared.
void add_generated(Plan& plan, const catalog::Catalog& source, FormatChooser& formats,
                   const PlanOptions& options) {
  plan.computed = plan_computed(source, formats, MovedRows(source, nullptr, Relatives(source)), options);
  std::erase_if(plan.computed,
                [&](const TablePlan& one) { return source.relations[one.relation].kind == 'm'; });
  for (const TablePlan& one : plan.computed) {
    const Volume rows = volume_of(source.relations[one.relation]);
    Task task;
    task.kind = TaskKind::read_source_computed;
    task.milestone = milestone_of(task.kind);
    task.objects = {one.relation};
    task.seconds = options.rates.transaction + read_back_seconds(rows, one.format.binary, options.rates);
    task.load = load_of(task.kind, options.rates);
    cross(task, read_source_crossing(rows, one.relation, options.rates, options.factors));
    plan.graph.add(std::move(task));
  }
}

}  // namespace

Plan make_archive_plan(const catalog::Catalog& source, const PlanOptions& options) {
  Plan plan;
  const int wanted = options.decided_jobs > 0
                         ? options.decided_jobs
                         : wanted_jobs(options.jobs, options.local_cores, options.lines.round_trip());
  plan.jobs = std::max(1, std::min(wanted, possible_jobs(source.server, nullptr)));
  const catalog::Server any = anywhere(source.server);
  FormatChooser formats(source, &any);
  plan.tables = plan_tables(source, formats, options);
  add_tables(plan, source, options);
  add_generated(plan, source, formats, options);
  add_large_objects(plan.graph, source.large_objects, options);
  if (!source.sequences.empty()) {
    Task task;
    task.kind = TaskKind::sequences;
    task.seconds = options.rates.statement;
    task.load = {.source = 1, .target = 0, .client = 0};
    plan.graph.add(std::move(task));
  }
  return plan;
}

}  // namespace pghaul::plan
