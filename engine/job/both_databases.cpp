#include "job/both_databases.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "catalog/read_catalog.h"
#include "job/fill_report.h"
#include "job/refusal_of_findings.h"
#include "job/watched_discovery.h"
#include "plan/forecast.h"
#include "plan/not_carried.h"
#include "plan/verify_plan.h"
#include "tasks/compare_executor.h"
#include "tasks/crew_options.h"
#include "tasks/make_row_source.h"
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
compare::Mismatches one_sided(const catalog::Catalog& source, const catalog::Catalog& target, bool all,
                              bool with_objects, std::set<catalog::Place>& comparable) {
  compare::Mismatches mismatches;
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

void forget_left_out(const discovery::Discovery& found, compare::Mismatches& mismatches) {
  std::set<std::string> left_out;
  for (const LeftOut& one : found.left_out) left_out.insert(one.object);
  std::erase_if(mismatches, [&](const auto& one) { return left_out.contains("table " + one.object); });
}

tasks::BothServers::Compared state_of_source(const discovery::Discovery& found) {
  if (found.stored) return tasks::BothServers::Archive{};
  return tasks::BothServers::Held{found.source_hold->snapshot()};
}

/// Plans the reading of all comparable tables and views.
RowsRead prepare_reading(discovery::VerbContext& context, Compared& both) {
  discovery::Discovery& found = both.found;
  found.plan = plan::make_verify_plan(found.source, *found.target, found.plan_options, both.comparable);
  found.predicted_seconds =
      plan::forecast(found.plan.graph, found.plan.jobs, found.plan_options.machines).seconds;
  announce_job(found, context.events);

  RowsRead read;
  read.work = std::make_unique<tasks::WorkPlan>(found.source, found.plan, context.options.verify);
  read.results = std::make_unique<tasks::Results>(*read.work);
  read.results->target.snapshot = both.target_hold->snapshot();
  return read;
}

/// `source_read`: called once nothing reads the source any more.
Status read_prepared(discovery::VerbContext& context, Compared& both, const crew::Worker::Endpoints& ends,
                     measure::Progress& progress, RowsRead& read, const std::function<void()>& source_read) {
  discovery::Discovery& found = both.found;
  tasks::Results& results = *read.results;
  const auto rows = tasks::make_row_source(found, *read.work, results, progress);
  tasks::LedgerOnly log(*read.work, results, progress);
  tasks::CompareExecutor executor(*read.work, *rows, results.target, log);
  read.source = state_of_source(found);
  Status done = discovery::announce_phase(context, "compare", [&] {
    return tasks::run_tasks(
        *read.work, executor, log, results, tasks::crew_options(context, found.plan.jobs, ends),
        {.progress = progress, .timeline = context.timeline, .events = context.events}, source_read);
  });
  report_work(*read.work, results, context.report);
  return done;
}

}  // namespace

Status discover_both(discovery::VerbContext& context, const std::string& target_snapshot, Compared& both,
                     LockTimeout& locks, measure::Progress& progress, bool with_views) {
  discovery::Discovery& found = both.found;
  const Status looked = discovery::time_phase(context, "discover", [&]() -> Status {
    discovery::Options options = context.options;
    options.carry_statistics = false;  // nor is anything else copied
    options.resume = false;
    const discovery::VerbContext copying_nothing{options,          context.ends,   context.stop,
                                                 context.timeline, context.events, context.report};
    Result<discovery::Discovery> discovered =
        discover_watched(copying_nothing, fmt::format(" compare {}", getpid()), locks, progress);
    if (!discovered) return fail(discovered.error());
    found = std::move(*discovered);
    // Objects that are defined here and live elsewhere, such as foreign tables, are compared as definitions.
    std::erase_if(found.findings, [](const plan::Finding& one) {
      return !plan::is_unreadable(one) && one.code != "open_writers";
    });
    if (const Status refused = refusal_of(found.findings); !refused) return refused;
    if (const Status held = hold_target(target_snapshot, both); !held) return held;
    if (!found.source_hold) return {};  // an archive: it holds rows and a schema, and no catalog to ask
    Result<discovery::Objects> of_source =
        discovery::source_objects(found.source_hold->connection(), found, context.options);
    if (!of_source) return fail(of_source.error());
    both.objects = std::move(*of_source);
    return {};
  });
  if (!looked) return looked;
  report_databases(found, context.report);
  report_findings(found, context.report);
  both.one_sided = one_sided(found.source, both.target, context.options.filters.all(),
                             both.objects.has_value(), both.comparable);
  if (with_views) add_comparable_views(found.source, both.target, both.comparable);
  forget_left_out(found, both.one_sided);
  return {};
}

Status find_comparable(const discovery::VerbContext& context, Compared& both) {
  if (Status held = hold_target({}, both); !held) return held;
  (void)one_sided(both.found.source, both.target, context.options.filters.all(), true, both.comparable);
  add_comparable_views(both.found.source, both.target, both.comparable);
  return {};
}

Status hold_target(const std::string& target_snapshot, Compared& both) {
  Result<discovery::SourceHold> hold =
      discovery::SourceHold::open(both.found.target_string, postgres::Side::target, target_snapshot);
  if (!hold) return fail(hold.error());
  both.target_hold.emplace(std::move(*hold));
  Result<catalog::Catalog> catalog =
      catalog::read_catalog(both.target_hold->connection(), [](catalog::Oid) { return true; });
  if (!catalog) return catalog.error().during("reading the target's catalogs");
  both.target = std::move(*catalog);
  return {};
}

void watch_locks(Compared& both, LockTimeout& locks, measure::Progress& progress) {
  discovery::Discovery& found = both.found;
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
  watch(found.target_string, postgres::Side::target, both.target_hold->session());
}

Result<RowsRead> read_rows(discovery::VerbContext& context, Compared& both,
                           const crew::Worker::Endpoints& ends, measure::Progress& progress) {
  RowsRead read = prepare_reading(context, both);
  const Status done = read_prepared(context, both, ends, progress, read, [&] {
    const bool needed =
        !both.found.plan.computed.empty() || context.options.keep_record;  // by a sync's record
    if (!needed) both.found.source_hold.reset();
  });
  if (!done) return fail(done.error());
  return read;
}

Result<RowsSearched> search_rows(discovery::VerbContext& context, Compared& both,
                                 const crew::Worker::Endpoints& ends, measure::Progress& progress) {
  RowsSearched searched{prepare_reading(context, both), {}};
  RowsRead& read = searched.read;
  const Result<std::unique_ptr<compare::RowSearch>> search =
      compare::RowSearch::prepare(both.found, *both.target_hold, *read.work);
  if (!search) return fail(search.error());
  if (const Status done = read_prepared(context, both, ends, progress, read, [] {}); !done)
    return fail(done.error());
  searched.different = (*search)->different(*read.results);
  return searched;
}

}  // namespace pghaul::job
