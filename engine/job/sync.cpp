#include "job/sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "catalog/read_catalog.h"
#include "job/comparison.h"
#include "job/crew_options.h"
#include "job/differences.h"
#include "job/fill_report.h"
#include "job/preflight_refusal.h"
#include "job/sync_preflight.h"
#include "job/table_mender.h"
#include "postgres/quote.h"
#include "schema/statements.h"
#include "tasks/compare_computed.h"
#include "tasks/row_security.h"

namespace pghaul::job {
namespace {

using SyncedTable = measure::Report::SyncedTable;
using Kind = rows::Difference::Kind;

class Sync {
 public:
  Sync(VerbContext context, LockTimeout& locks, bool& touched)
      : context_(context), locks_(locks), touched_(touched) {}
  Status run();

 private:
  [[nodiscard]] Status check_definitions();
  [[nodiscard]] Status mend_tables();
  [[nodiscard]] Status mend(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                            postgres::Connection& target);
  [[nodiscard]] Status refresh_views();
  [[nodiscard]] Status set_sequences();
  [[nodiscard]] Status verify();
  [[nodiscard]] Result<postgres::Connection> open_target() const;
  [[nodiscard]] bool plans() const { return context_.options.dry_run; }
  [[nodiscard]] measure::Report::Sync& done() { return *context_.report.sync; }

  VerbContext context_;
  LockTimeout& locks_;
  bool& touched_;
  measure::Progress progress_;
  Compared both_;
  std::optional<crew::Worker::Endpoints> ends_;
  std::vector<DifferentTable> different_;
  std::set<catalog::Place> stale_;  // tables and views whose computed contents differ
};

Status Sync::run() {
  if (Status discovered = discover_both(context_, {}, both_); !discovered) return discovered;
  context_.report.sync.emplace().planned = plans();
  if (Status checked = check_definitions(); !checked) return checked;
  watch_locks(both_, locks_, progress_);
  ends_.emplace(both_.ends(context_.stop));
  {
    const Result<RowsRead> read = read_rows(context_, both_, true, *ends_, progress_);
    if (!read) return fail(read.error());
    context_.report.verification = differences(*read->work, *read->results);
    different_ = read->search->different(*read->results);
    for (const plan::TablePlan& computed : both_.found.plan.computed) {
      const verify::Ledger::Tally line = read->results->ledger.computed(computed.relation);
      if (line.sent != line.came_back) stale_.insert(computed.relation);
    }
    if (Status possible = refusal_of_contents(different_, read->results->ledger.large_objects(), both_);
        !possible) {
      return possible;
    }
    const Status mended = announce_phase(context_, "sync", [&] { return mend_tables(); });
    if (!mended) return mended;
  }
  if (plans()) return {};
  if (Status refreshed = time_phase(context_, "refresh", [&] { return refresh_views(); }); !refreshed)
    return refreshed;
  if (Status set = set_sequences(); !set) return set;
  return verify();
}

/// Refuses where definitions differ, or the target has not been confirmed.
Status Sync::check_definitions() {
  Mismatches all = both_.one_sided;
  Result<Mismatches> objects = compare_objects(std::move(*both_.objects), both_.found, context_.options,
                                               context_.report, context_.stop);
  if (!objects) return fail(objects.error());
  std::ranges::move(*objects, std::back_inserter(all));
  std::vector<plan::Finding> findings = findings_of_definitions(all);
  if (findings.empty() && !plans()) {
    Result<postgres::Connection> target = open_target();
    if (!target) return fail(target.error());
    Result<std::vector<plan::Finding>> of_target =
        findings_of_target(*target, both_.found, context_.options.confirm);
    if (!of_target) return fail(of_target.error());
    findings = std::move(*of_target);
  }
  std::ranges::copy(findings, std::back_inserter(both_.found.findings));
  context_.report.findings.clear();
  report_findings(both_.found, context_.report);
  return refusal_of(findings);
}

Status Sync::mend_tables() {
  done().tables.resize(different_.size());
  touched_ = touched_ || (!plans() && !different_.empty());
  return for_each_table(
      context_, different_, both_.states(), crew_options(context_, both_.found.plan.jobs, *ends_),
      [&](crew::Worker& worker, std::size_t table, postgres::Connection& source,
          postgres::Connection& target) { return mend(worker, table, source, target); },
      [](std::size_t, Error failure) -> Status { return fail(std::move(failure)); });
}

/// Mends a table, or only counts what that would take.
Status Sync::mend(crew::Worker& worker, std::size_t table, postgres::Connection& source,
                  postgres::Connection& target) {
  const DifferentTable& one = different_[table];
  SyncedTable counted{.object = one.object};
  const catalog::Relation& destination =
      one.tree == catalog::kNone ? one.table.first() : both_.found.source.relations[one.tree];
  std::optional<TableMender> mender;
  if (!plans()) {
    mender.emplace(one.table, destination, worker, source);
    if (Status begun = mender->begin(*ends_); !begun) return begun;
  }
  rows::TableComparison comparison(one.table, source, target, worker.buffer(),
                                   [&](const std::vector<rows::Difference>& found) -> Status {
                                     for (const rows::Difference& difference : found) {
                                       ++(difference.kind == Kind::missing ? counted.inserted
                                          : difference.kind == Kind::extra ? counted.deleted
                                                                           : counted.updated);
                                       counted.bytes += difference.bytes;
                                     }
                                     return mender ? mender->take(found) : Status{};
                                   });
  if (Status compared = comparison.run(one.whole, one.tally); !compared)
    return compared.error().during("comparing the rows of " + one.object);
  if (mender) {
    if (Status committed = mender->commit(); !committed) return committed;
  }
  done().tables[table] = std::move(counted);
  return {};
}

/// Refreshes the materialized views that read what was written, and those that differ, each after those that
/// it reads.
Status Sync::refresh_views() {
  const std::vector<catalog::Relation>& relations = both_.found.source.relations;
  std::set<catalog::Oid> written;
  for (const DifferentTable& table : different_) {
    for (const rows::ComparedTable::Part& part : table.table.parts) written.insert(part.relation->oid);
  }
  std::set<catalog::Place> waiting;
  for (const catalog::Place place : both_.comparable) {
    if (relations[place].kind == 'm' && relations[place].populated) waiting.insert(place);
  }
  if (waiting.empty() || (written.empty() && stale_.empty())) return {};
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context_.stop, *target);
  tasks::obey_row_security(*target);
  const auto is_next = [&](catalog::Place place) {
    return std::ranges::none_of(waiting, [&](catalog::Place other) {
      return std::ranges::find(relations[place].depends_on, relations[other].oid) !=
             relations[place].depends_on.end();
    });
  };
  while (!waiting.empty()) {
    const catalog::Place view = *std::ranges::find_if(waiting, is_next);
    waiting.erase(view);
    const bool reads_written = std::ranges::any_of(relations[view].depends_on,
                                                   [&](catalog::Oid oid) { return written.contains(oid); });
    if (!reads_written && !stale_.contains(view)) continue;
    const catalog::Name& name = relations[view].name;
    touched_ = true;
    const Status refreshed =
        target->execute("REFRESH MATERIALIZED VIEW " + postgres::quote(name.schema, name.name));
    if (!refreshed) return refreshed.error().during("cannot refresh materialized view " + shown(name));
    written.insert(relations[view].oid);
    stale_.insert(view);
  }
  return {};
}

/// Gives sequences the source's present values, where they differ.
Status Sync::set_sequences() {
  std::vector<catalog::Sequence> wanted = both_.found.source.sequences;
  std::erase_if(wanted, [](const catalog::Sequence& one) { return !one.unreadable_reason.empty(); });
  if (wanted.empty()) return {};
  Result<postgres::Connection> source =
      postgres::Connection::open(ends_->source, postgres::Side::source, ends_->encoding, context_.stop);
  if (!source) return fail(source.error());
  if (Status read = catalog::read_sequences(*source, wanted); !read)
    return read.error().during("reading the source's sequences");
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  Result<std::vector<catalog::Sequence>> there =
      catalog::list_sequences(*target, [](catalog::Oid) { return true; });
  if (!there) return fail(there.error());
  std::erase_if(*there, [&](const catalog::Sequence& one) {
    return std::ranges::find(wanted, one.name, &catalog::Sequence::name) == wanted.end();
  });
  if (Status read = catalog::read_sequences(*target, *there); !read)
    return read.error().during("reading the target's sequences");
  std::erase_if(wanted, [&](const catalog::Sequence& one) {
    const auto twin = std::ranges::find(*there, one.name, &catalog::Sequence::name);
    return twin != there->end() && twin->last_value == one.last_value && twin->is_called == one.is_called;
  });
  done().sequences = wanted.size();
  for (const std::string& statement : schema::set_sequences(wanted)) {
    touched_ = true;
    if (Status set = target->execute(statement); !set)
      return set.error().during("setting the target's sequences");
  }
  return {};
}

/// Compares what was written, as it is now, with the snapshot; all else was compared before.
Status Sync::verify() {
  measure::Report::Verification& whole = *context_.report.verification;
  whole.mismatches.clear();  // those of tables that have been mended since
  std::vector<measure::Report::Table> tables = context_.report.tables;
  std::set<catalog::Place> written = stale_;
  for (const DifferentTable& table : different_) {
    whole.rows += static_cast<std::int64_t>(table.whole.source.rows) -
                  static_cast<std::int64_t>(table.whole.target.rows);
    for (const rows::ComparedTable::Part& part : table.table.parts) written.insert(part.place);
  }
  both_.comparable = std::move(written);
  both_.found.source.large_objects.range_starts.clear();  // equal, or it would have been refused
  if (Status held = hold_target({}, both_); !held) return held;
  const Result<RowsRead> read = read_rows(context_, both_, false, *ends_, progress_);
  if (!read) return fail(read.error());
  for (measure::Report::Table& table : tables) {
    for (const measure::Report::Table& again : context_.report.tables) {
      if (again.schema == table.schema && again.name == table.name) table = again;
    }
  }
  context_.report.tables = std::move(tables);
  whole.mismatches = differences(*read->work, *read->results).mismatches;
  return time_phase(context_, "verify", [&]() -> Status {
    tasks::BothServers servers(*ends_, read->source, read->results->target.snapshot);
    Status computed = tasks::compare_computed(*read->work, *read->results, servers, whole);
    if (!computed) return computed;
    Result<Mismatches> sequences =
        compare_sequences({}, both_.found, context_.report.left_out, context_.stop);
    if (!sequences) return fail(sequences.error());
    add(std::move(*sequences), whole);
    return as_status(whole.mismatches);
  });
}

Result<postgres::Connection> Sync::open_target() const {
  return postgres::Connection::open(both_.found.target_string, postgres::Side::target,
                                    both_.found.source.server.encoding, context_.stop);
}

}  // namespace

Status sync_databases(VerbContext context, bool& touched) {
  LockTimeout locks(context);
  return locks.end(Sync(locks.context(), locks, touched).run());
}

}  // namespace pghaul::job
