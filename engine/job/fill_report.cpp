#include "job/fill_report.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "compare/tree_tallies.h"
#include "estimate/past_copies.h"

namespace pghaul::job {
namespace {

measure::Report::Database database(const catalog::Server& server, const std::string& description) {
  return {server.version_text, server.database, description, server.database_bytes, server.settings};
}

bool compared(const verify::Ledger::Tally& line) {
  return line.came_back_parts > 0;
}

/// Tells whether digests are equal; `verified` applies to compared digests only.
bool equal(const verify::Ledger::Tally& line, verify::Mode mode) {
  return mode == verify::Mode::checksums && compared(line) &&
         verify::difference(line.sent, line.came_back, mode).empty();
}

/// Returns nothing where no table is given any.
std::optional<measure::Report::Statistics> statistics_of(
    const plan::TaskGraph& graph, const std::function<bool(const plan::Task&, catalog::Place)>& carried) {
  measure::Report::Statistics tables;
  for (const plan::Task& task : graph.tasks) {
    if (task.kind != plan::TaskKind::analyze && task.kind != plan::TaskKind::statistics) continue;
    for (const catalog::Place place : task.objects) {
      ++(carried(task, place) ? tables.carried : tables.analyzed);
    }
  }
  if (tables.carried + tables.analyzed == 0) return std::nullopt;
  return tables;
}

measure::Events::Job description_of(const discovery::Discovery& found) {
  return {.source = found.source_description,
          .target = found.target ? found.target_description : "",
          .source_bytes = found.source.server.database_bytes,
          .tables = found.plan.tables.size(),
          .indexes = found.source.indexes.size(),
          .jobs = found.plan.jobs,
          .predicted_seconds = found.predicted_seconds};
}

std::string tree_of(const plan::TablePlan& plan, const catalog::Catalog& source) {
  return plan.tree == catalog::kNone ? "" : shown(source.relations[plan.tree].name);
}

measure::Report::Table table_of(const tasks::WorkPlan& work, const verify::Ledger& ledger,
                                const plan::TablePlan& plan, const compare::TreeTallies& lines) {
  const catalog::Relation& relation = work.relation(plan.relation);
  const verify::Ledger::Tally line = ledger.tally(plan.relation);
  const bool complete = line.sent_parts == plan.chunks;
  return {.schema = relation.name.schema,
          .name = relation.name.name,
          .rows = static_cast<std::int64_t>(line.sent.rows),
          .bytes = static_cast<std::int64_t>(line.sent.bytes),
          .seconds = line.seconds,
          .format = plan.format.binary ? "binary" : "text",
          .reason = plan.format.reason,
          .chunks = plan.chunks,
          .digest = complete ? line.sent.hex() : "",
          .verified = complete && equal(lines.of(plan), work.mode(plan)),
          .tree = tree_of(plan, work.source()),
          .tree_reason = plan.tree_reason};
}

}  // namespace

measure::Report::Database described(const catalog::Server& server, const postgres::Connection& connection) {
  return database(server, connection.describe());
}

void report_databases(const discovery::Discovery& found, measure::Report& report) {
  report.source = database(found.source.server, found.source_description);
  if (found.target) report.target = database(*found.target, found.target_description);
  report.jobs = found.plan.jobs;
}

void announce_job(const discovery::Discovery& found, measure::Events& events) {
  events.job(description_of(found));
}

void announce_copy(const discovery::Discovery& found, const measure::Report& report, double elapsed,
                   measure::Events& events) {
  measure::Events::Job job = description_of(found);
  if (report.forecast) {
    job.likely_low = std::max(report.forecast->low - elapsed, 0.0);
    job.likely_high = std::max(report.forecast->high - elapsed, 0.0);
  }
  events.job(job);
}

void report_forecast(const discovery::Discovery& found, const discovery::Options& options, double elapsed,
                     std::optional<double> slowdown, measure::Report& report) {
  report.predicted_seconds = elapsed + found.predicted_seconds;
  report.forecast =
      estimate::corrected(*report.predicted_seconds, estimate::past_ratios(found, options),
                          estimate::rehearsed_seconds(found, options, found.plan.jobs), slowdown);
}

void report_findings(const discovery::Discovery& found, measure::Report& report) {
  report.findings.clear();
  report.left_out.clear();
  for (const plan::Finding& finding : found.findings) {
    const bool refuses = finding.severity == plan::Finding::Severity::refusal;
    report.findings.push_back(
        {refuses ? "refusal" : "warning", finding.code, finding.object, finding.message, finding.hint});
  }
  for (const LeftOut& one : found.left_out) report.left_out.push_back(one);
}

void report_work(const tasks::WorkPlan& work, const tasks::Results& results, measure::Report& report) {
  report.tables.clear();
  report.indexes.clear();
  const compare::TreeTallies lines(work.plan(), results.ledger);
  for (const plan::TablePlan& plan : work.plan().tables) {
    report.tables.push_back(table_of(work, results.ledger, plan, lines));
    if (work.mode(plan) == work.verify()) continue;
    report.left_out.push_back({"contents of table " + shown(work.relation(plan.relation).name),
                               "its rows were counted and not compared: the two versions write some of its "
                               "values in text with other digits (floating-point numbers before PostgreSQL "
                               "12, pg_lsn before 19)"});
  }
  for (catalog::Place place = 0; place < results.index_seconds.size(); ++place) {
    const catalog::IndexInfo& index = work.source().indexes[place];
    if (results.index_seconds[place] <= 0) continue;
    report.indexes.push_back({index.name.schema, index.name.name, shown(work.relation(index.relation).name),
                              index.bytes, results.index_seconds[place]});
  }
  for (const LeftOut& one : results.omissions.all()) report.left_out.push_back(one);
  const verify::Ledger::Tally objects = results.ledger.large_objects();
  const std::int64_t count = work.source().large_objects.count;
  if (count <= 0) return;
  report.large_objects = measure::Report::LargeObjects{count, static_cast<std::int64_t>(objects.sent.bytes),
                                                       equal(objects, work.verify())};
}

void report_statistics(const tasks::WorkPlan& work, const tasks::Results& results, measure::Report& report) {
  report.statistics = statistics_of(work.plan().graph, [&](const plan::Task&, catalog::Place place) {
    return results.carried[place] != 0;
  });
}

void report_milestones(const tasks::Results& results, measure::Report& report) {
  report.milestones.clear();
  for (const auto& [milestone, seconds] : results.reached) {
    if (milestone != plan::Milestone::verified)
      report.milestones.push_back({milestone_name(milestone), seconds});
  }
}

void report_opening(const tasks::Opening& opening, std::vector<measure::Report::Missing> missing,
                    measure::Report& report) {
  if (!report.opening) report.opening.emplace(milestone_name(opening.after));
  if (opening.seconds) report.opening->seconds = opening.seconds;
  report.missing = std::move(missing);
}

void report_plan(const discovery::Discovery& found, measure::Report& report) {
  report.predicted_seconds = found.predicted_seconds;
  for (const plan::TablePlan& plan : found.plan.tables) {
    const catalog::Relation& relation = found.source.relations[plan.relation];
    report.tables.push_back(
        {.schema = relation.name.schema,
         .name = relation.name.name,
         .rows = std::max<std::int64_t>(0, static_cast<std::int64_t>(relation.estimated_rows)),
         .bytes = relation.heap_bytes + relation.toast_bytes,
         .seconds = plan.seconds,
         .format = plan.format.binary ? "binary" : "text",
         .reason = plan.format.reason,
         .chunks = plan.chunks,
         .tree = tree_of(plan, found.source),
         .tree_reason = plan.tree_reason});
  }
  const auto keys = static_cast<std::size_t>(std::ranges::count_if(
      found.source.constraints, [](const catalog::Constraint& key) { return key.kind != 'f'; }));
  report.counts = measure::Report::Counts{.indexes = found.source.indexes.size(),
                                          .keys = keys,
                                          .foreign_keys = found.source.constraints.size() - keys,
                                          .materialized_views = static_cast<std::size_t>(std::ranges::count(
                                              found.source.relations, 'm', &catalog::Relation::kind)),
                                          .sequences = found.source.sequences.size()};
  report.large_objects = measure::Report::LargeObjects{found.source.large_objects.count,
                                                       found.source.large_objects.bytes, false};
  report.statistics = statistics_of(found.plan.graph, [](const plan::Task& task, catalog::Place) {
    return task.kind == plan::TaskKind::statistics;
  });
}

}  // namespace pghaul::job
