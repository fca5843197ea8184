#include "job/compare.h"

#include <algorithm>
#include <map>
#include <set>

#include "catalog/read_catalog.h"
#include "discovery/discovery.h"
#include "job/check_indexes.h"
#include "job/compare_objects.h"
#include "job/crew_options.h"
#include "job/differences.h"
#include "job/fill_report.h"
#include "job/live_barrier.h"
#include "job/lock_timeout.h"
#include "job/name_large_objects.h"
#include "job/name_rows.h"
#include "job/preflight_refusal.h"
#include "job/row_search.h"
#include "job/rows_file.h"
#include "measure/progress.h"
#include "plan/forecast.h"
#include "plan/not_carried.h"
#include "plan/verify_plan.h"
#include "tasks/both_servers.h"
#include "tasks/compare_computed.h"
#include "tasks/compare_executor.h"
#include "tasks/make_row_source.h"
#include "tasks/results.h"
#include "tasks/run_tasks.h"

namespace pghaul::job {
namespace {

std::set<std::string> column_names(const catalog::Relation& relation) {
  std::set<std::string> names;
  for (const catalog::Column& column : relation.columns) names.insert(column.name);
  return names;
}

bool has_extension(const catalog::Catalog& catalog, const std::string& name) {
  return std::ranges::find(catalog.server.extensions, name, &catalog::Extension::name) !=
         catalog.server.extensions.end();
}

/// Names the tables that can't be compared. Users' tables are objects: where objects are compared, they are
/// named as such, and only those of extensions here.
Mismatches one_sided(const catalog::Catalog& source, const catalog::Catalog& target, bool all,
                     bool with_objects, std::set<catalog::Place>& comparable) {
  Mismatches mismatches;
  std::map<catalog::Name, const catalog::Relation*> on_target;
  for (const catalog::Relation& relation : target.relations) {
    if (relation.kind == 'r') on_target[relation.name] = &relation;
  }
  for (catalog::Place place = 0; place < source.relations.size(); ++place) {
    const catalog::Relation& relation = source.relations[place];
    if (!carries_rows(relation)) {
      on_target.erase(relation.name);
      continue;
    }
    const auto found = on_target.find(relation.name);
    const bool to_be_named = !with_objects || !relation.extension.empty();
    if (found == on_target.end()) {
      if (to_be_named) mismatches.push_back({shown(relation.name), "only the source has this table"});
      continue;
    }
    if (column_names(relation) == column_names(*found->second)) {
      comparable.insert(place);
    } else if (to_be_named) {
      mismatches.push_back({shown(relation.name), "source and target have different columns"});
    }
    on_target.erase(found);
  }
  if (all) {
    for (const auto& [name, relation] : on_target) {
      if (with_objects && (relation->extension.empty() || !has_extension(source, relation->extension)))
        continue;
      mismatches.push_back({shown(name), "only the target has this table"});
    }
  }
  return mismatches;
}

/// Adds the materialized views that have rows and the same columns on both.
void add_comparable_views(const catalog::Catalog& source, const catalog::Catalog& target,
                          std::set<catalog::Place>& comparable) {
  std::map<catalog::Name, const catalog::Relation*> on_target;
  for (const catalog::Relation& relation : target.relations) {
    if (relation.kind == 'm' && relation.populated) on_target[relation.name] = &relation;
  }
  for (catalog::Place place = 0; place < source.relations.size(); ++place) {
    const catalog::Relation& view = source.relations[place];
    if (view.kind != 'm') continue;
    const auto found = on_target.find(view.name);
    if (found != on_target.end() && column_names(view) == column_names(*found->second))
      comparable.insert(place);
  }
}

/// Watches the locks that readers of either server wait for.
void watch_locks(discovery::Discovery& found, const discovery::SourceHold& target_hold, LockTimeout& locks,
                 measure::Progress& progress) {
  const auto watch = [&](postgres::ConnectionString& server, postgres::Side side,
                         const std::string& session) {
    const std::string mark = " " + session;
    server = server.marked("pghaul", mark);
    locks.watch({.server = server,
                 .side = side,
                 .mark = mark,
                 .one_more = session,
                 .run = "comparison",
                 .resumes = false},
                progress);
  };
  if (found.source_hold) watch(found.source_string, postgres::Side::source, found.source_hold->session());
  watch(found.target_string, postgres::Side::target, target_hold.session());
}

void forget_left_out(const discovery::Discovery& found, Mismatches& mismatches) {
  std::set<std::string> left_out;
  for (const LeftOut& one : found.left_out) left_out.insert(one.object);
  std::erase_if(mismatches, [&](const auto& one) { return left_out.contains("table " + one.object); });
}

/// Checks the indexes of those of the target's tables and views that the source has, too.
Status check_wanted_indexes(const discovery::Discovery& found, const catalog::Catalog& target,
                            VerbContext& context) {
  if (!context.options.check_indexes) return {};
  std::set<catalog::Name> names;
  for (const catalog::Relation& relation : found.source.relations) names.insert(relation.name);
  return check_indexes(
      found.target_string, context.stop, target,
      [&](const catalog::Relation& relation) { return names.contains(relation.name); },
      *context.report.verification);
}

tasks::BothServers::Compared state_of_source(const discovery::Discovery& found) {
  if (found.stored) return tasks::BothServers::Archive{};
  return tasks::BothServers::Held{found.source_hold->snapshot()};
}

/// `target_snapshot`: exported by another session, which keeps it; empty: as the target is now.
Status compare(VerbContext context, const std::string& target_snapshot, LockTimeout& locks,
               measure::Progress& progress) {
  const bool wants_rows = context.options.rows > 0 || !context.options.rows_file.empty();
  Result<RowsFile> rows_file = RowsFile::create(context.options.rows_file);
  if (!rows_file) return fail(rows_file.error());
  discovery::Discovery found;
  std::optional<discovery::SourceHold> target_hold;
  catalog::Catalog target;
  std::optional<discovery::Objects> objects;
  const Status looked = time_phase(context, "discover", [&]() -> Status {
    discovery::Options options = context.options;
    options.carry_statistics = false;  // nor is anything else copied
    Result<discovery::Discovery> discovered = discovery::discover(options, context.ends, context.stop);
    if (!discovered) return fail(discovered.error());
    found = std::move(*discovered);
    // Objects that are defined here and live elsewhere, such as foreign tables, are compared as definitions.
    std::erase_if(found.findings, [](const plan::Finding& one) {
      return !plan::is_unreadable(one) && one.code != "open_writers";
    });
    if (const Status refused = refusal_of(found.findings); !refused) return refused;
    Result<discovery::SourceHold> hold =
        discovery::SourceHold::open(found.target_string, postgres::Side::target, target_snapshot);
    if (!hold) return fail(hold.error());
    target_hold.emplace(std::move(*hold));
    Result<catalog::Catalog> catalog =
        catalog::read_catalog(target_hold->connection(), [](catalog::Oid) { return true; });
    if (!catalog) return catalog.error().during("reading the target's catalogs");
    target = std::move(*catalog);
    if (!found.source_hold) return {};  // an archive: it holds rows and a schema, and no catalog to ask
    Result<discovery::Objects> of_source =
        discovery::source_objects(found.source_hold->connection(), found, context.options);
    if (!of_source) return fail(of_source.error());
    objects = std::move(*of_source);
    return {};
  });
  if (!looked) return looked;
  report_databases(found, context.report);
  report_findings(found, context.report);

  std::set<catalog::Place> comparable;
  Mismatches mismatches =
      one_sided(found.source, target, context.options.filters.all(), objects.has_value(), comparable);
  add_comparable_views(found.source, target, comparable);
  forget_left_out(found, mismatches);
  found.plan = plan::make_verify_plan(found.source, *found.target, found.plan_options, comparable);
  found.predicted_seconds =
      plan::forecast(found.plan.graph, found.plan.jobs, found.plan_options.machines).seconds;
  announce_job(found, context.events);

  watch_locks(found, *target_hold, locks, progress);
  tasks::WorkPlan work(found.source, found.plan, context.options.verify);
  std::unique_ptr<RowSearch> search;
  if (wants_rows) {
    Result<std::unique_ptr<RowSearch>> prepared = RowSearch::prepare(found, *target_hold, work);
    if (!prepared) return fail(prepared.error());
    search = std::move(*prepared);
  }
  tasks::Results results(work);
  results.target.snapshot = target_hold->snapshot();
  const auto rows = tasks::make_row_source(found, work, results, progress);
  tasks::LedgerOnly log(work, results, progress);
  tasks::CompareExecutor executor(work, *rows, results.target, log);
  const tasks::BothServers::Compared compared_source = state_of_source(found);
  const crew::Worker::Endpoints ends{found.source_string, found.target_string, found.source.server.encoding,
                                     context.stop};
  const tasks::CrewOptions crew = crew_options(context, found.plan.jobs, ends);
  const Status read = announce_phase(context, "compare", [&] {
    return tasks::run_tasks(work, executor, log, results, crew,
                            {.progress = progress, .timeline = context.timeline, .events = context.events},
                            [&] {
                              if (!search && found.plan.computed.empty()) found.source_hold.reset();
                            });
  });
  report_work(work, results, context.report);
  if (!read) return read;
  context.report.verification = differences(work, results);
  if (search) {
    const std::vector<DifferentTable> different = search->different(results);
    const Status named = announce_phase(context, "rows", [&] {
      return name_rows(context, different, {found.source_hold->snapshot(), target_hold->snapshot()}, crew,
                       *rows_file);
    });
    if (!named) return named;
  }
  const Status compared = time_phase(context, "verify", [&]() -> Status {
    tasks::BothServers servers(ends, compared_source, results.target.snapshot);
    const verify::Ledger::Tally objects_read = results.ledger.large_objects();
    if (search && objects_read.sent != objects_read.came_back) {
      if (Status named = name_large_objects(context, work, servers, *rows_file); !named) return named;
    }
    Status computed = tasks::compare_computed(work, results, servers, *context.report.verification);
    if (!computed) return computed;
    found.source_hold.reset();
    if (Status checked = check_wanted_indexes(found, target, context); !checked) return checked;
    if (!objects) return {};
    Result<Mismatches> different =
        compare_objects(std::move(*objects), found, context.options, context.report, context.stop);
    // The application goes on to take numbers, and a live copy sets them at its end.
    if (different && !context.options.live) {
      Result<Mismatches> sequences = compare_sequences({}, found, context.report.left_out, context.stop);
      if (!sequences) return fail(sequences.error());
      add(std::move(*sequences), *context.report.verification);
    }
    if (!different) return fail(different.error());
    add(std::move(*different), *context.report.verification);
    return {};
  });
  if (!compared) return compared;
  Mismatches& all = context.report.verification->mismatches;
  all.insert(all.begin(), mismatches.begin(), mismatches.end());
  return as_status(all);
}

}  // namespace

Status compare_databases(VerbContext context) {
  measure::Progress progress;
  LockTimeout locks(context);
  if (!context.options.live) return locks.end(compare(locks.context(), {}, locks, progress));
  Result<LiveBarrier> barrier = LiveBarrier::ask(context);
  if (!barrier) return fail(barrier.error());
  discovery::Options options = context.options;
  options.snapshot = barrier->snapshots().source;
  const VerbContext locked = locks.context();
  return locks.end(compare({options, locked.ends, locked.stop, locked.timeline, locked.events, locked.report},
                           barrier->snapshots().target, locks, progress));
}

}  // namespace pghaul::job
