#include "job/copy.h"

#include <fmt/format.h>

#include "job/differences.h"
#include "job/report_of.h"
#include "job/restore_failures.h"
#include "job/run_tasks.h"
#include "schema/clear_database.h"
#include "schema/statements.h"

namespace pghaul::job {

Status Copy::run() {
  Status done = in_phase(telling_, "discover", [&] { return look(); });
  if (done) done = refuse();
  if (done && !found_.contents.empty()) {
    done = in_phase(telling_, "clear target", [&] { return clear_target(); });
  }
  if (done) done = in_phase(telling_, "pre-data", [&] { return restore_pre_data(); });
  if (done) done = told_as(telling_, "copy", [&] { return move(); });
  if (done) done = in_phase(telling_, "post-data", [&] { return restore_the_end(); });
  if (done) done = compare();
  if (ledger_) report_work(found_, run_, telling_.report);
  return done;
}

Status Copy::look() {
  Result<Discovery> found = discover(telling_.options, telling_.stop);
  if (!found) return fail(found.error());
  found_ = std::move(*found);
  report_databases(found_, telling_.report);
  report_findings(found_, telling_.report);
  telling_.report.predicted_seconds = telling_.timeline.now() + found_.predicted_seconds;
  for (const plan::Finding& finding : found_.findings) {
    if (finding.severity == plan::Finding::Severity::warning) {
      telling_.events.warning(finding.message, finding.hint, finding.object);
    }
  }
  return {};
}

Status Copy::refuse() const {
  if (!any_refusal(found_.findings)) return {};
  Error refusal{ErrorCode::refused, {}, {}, {}};
  std::size_t refusals = 0;
  for (const plan::Finding& finding : found_.findings) {
    if (finding.severity != plan::Finding::Severity::refusal) continue;
    if (++refusals > 1) continue;
    refusal.message = finding.message;
    refusal.hint = finding.hint;
  }
  if (refusals > 1) refusal.message += fmt::format(" (and {} more reasons not to copy)", refusals - 1);
  return fail(std::move(refusal));
}

Status Copy::clear_target() {
  Result<postgres::Connection> target =
      postgres::Connection::open(found_.target_string, postgres::Side::target);
  if (!target) return fail(target.error());
  touched_ = true;
  return schema::clear_database(*target);
}

Status Copy::restore_pre_data() {
  sections_ = schema::divide(found_.archive->entries(), found_.source, found_.target->superuser);
  prepare_run();
  return restore(sections_.before_data);
}

Status Copy::restore(const std::vector<schema::Entry>& entries) {
  touched_ = true;
  const Result<std::vector<schema::Failure>> failures =
      found_.archive->restore(found_.target_effective, entries, telling_.stop);
  if (!failures) return fail(failures.error());
  return as_status(*failures);
}

void Copy::prepare_run() {
  ledger_.emplace(found_.source.relations.size());
  run_.source = &found_.source;
  run_.plan = &found_.plan;
  run_.table_plans.assign(found_.source.relations.size(), nullptr);
  for (const plan::TablePlan& table : found_.plan.tables) run_.table_plans[table.relation] = &table;
  run_.snapshot = found_.source_hold->snapshot();
  run_.verify = telling_.options.verify;
  run_.with_owner = telling_.options.filters.with_owner;
  run_.with_acl = telling_.options.filters.with_acl;
  run_.archive = &*found_.archive;
  run_.target = found_.target_effective;
  run_.after_data = sections_.after_data;
  run_.stop = telling_.stop;
  run_.ledger = &*ledger_;
  run_.omissions = &omissions_;
  run_.progress = &progress_;
  run_.timeline = &telling_.timeline;
  run_.index_seconds.assign(found_.source.indexes.size(), 0);
}

Status Copy::move() {
  const Worker::Ends ends{found_.source_string, found_.target_string, found_.source.server.encoding};
  return run_tasks(run_, ends, telling_.events, [&] {
    if (run_.verify != verify::Mode::none) {
      source_objects_ = source_objects(found_.source_hold->connection(), found_, telling_.options);
    }
    found_.source_hold->release();
  });
}

/// What would have stood in the way of the work, such as row security and event triggers.
Status Copy::restore_the_end() {
  const Status restored = restore(sections_.at_the_end);
  if (!restored || !telling_.options.filters.all()) return restored;
  return set_database_settings();
}

/// A setting that the role may not make spoils no copy, but is named.
Status Copy::set_database_settings() {
  if (found_.source.settings.empty()) return {};
  Result<postgres::Connection> target =
      postgres::Connection::open(found_.target_string, postgres::Side::target, found_.source.server.encoding);
  if (!target) return fail(target.error());
  for (const catalog::DatabaseSetting& setting : found_.source.settings) {
    const Status set = target->execute(schema::set_in_database(setting, found_.target->database));
    if (set) continue;
    if (set.error().code != ErrorCode::server_error) return set;
    telling_.report.left_out.push_back({"setting of the database: " + setting.name, set.error().message});
  }
  return {};
}

Status Copy::compare() {
  if (run_.verify == verify::Mode::none) return {};
  telling_.report.verification = differences(run_);
  const Status compared = in_phase(telling_, "verify", [&] { return compare_catalogs(); });
  if (!compared) return compared;
  return as_status(telling_.report.verification->mismatches);
}

Status Copy::compare_catalogs() {
  if (!source_objects_->has_value()) return fail(source_objects_->error());
  return compare_objects(std::move(**source_objects_), run_.sequences, found_, telling_.options,
                         telling_.report);
}

}  // namespace pghaul::job
