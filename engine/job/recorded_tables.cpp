#include "job/recorded_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "catalog/read_keys.h"
#include "catalog/table_definitions.h"
#include "crew/crew.h"
#include "crew/item_list.h"
#include "journal/copy_record.h"
#include "postgres/history.h"
#include "postgres/quote.h"
#include "tasks/copy_sql.h"

namespace pghaul::job {
namespace {

using Record = journal::CopyRecord;

/// How many rows a table has, and where, in the order of its storage, those begin for which a condition
/// holds.
struct FirstRow {
  std::uint64_t rows = 0;
  std::string place;  // empty: there are none
};

Result<FirstRow> find_first(postgres::Connection& server, const catalog::Name& table,
                            const std::string& written) {
  const Result<postgres::Rows> rows = server.query(
      fmt::format("SELECT pg_catalog.count(*), pg_catalog.min(ctid) FILTER (WHERE {}) FROM ONLY {}", written,
                  postgres::quote(table.schema, table.name)));
  if (!rows) return rows.error().during("counting rows of " + shown(table));
  return FirstRow{static_cast<std::uint64_t>(rows->integer(0, 0)),
                  rows->is_null(0, 1) ? std::string() : rows->string(0, 1)};
}

/// A table whose rows are counted.
struct Candidate {
  catalog::Place place = catalog::kNone;
  rows::Key key;
  const Record::Table* then = nullptr;
  CountedTable counted = {};
  std::string first_new = {};  // the place of the source's first row that is possibly new
  bool source_counted = false;
  bool target_counted = false;
};

class Asking {
 public:
  Asking(const discovery::VerbContext& context, Compared& both, const crew::Worker::Endpoints& ends,
         measure::Progress& progress, const std::optional<CountingLimits>& limits)
      : context_(context), both_(both), ends_(ends), progress_(progress), limits_(limits) {}

  Result<RecordedTables> run() {
    Result<std::optional<Record>> record = journal::find_copy_record(both_.target_hold->connection());
    if (!record) {
      const bool must_be_kept = context_.options.keep_record || record.error().code != ErrorCode::refused;
      if (must_be_kept) return fail(record.error());
      result_.in_full.push_back({"all tables", record.error().message});
      return std::move(result_);
    }
    if (!*record) return std::move(result_);
    record_ = std::move(**record);
    const Result<std::string> broken = break_of_history();
    if (!broken) return fail(broken.error());
    if (!broken->empty()) {
      result_.in_full.push_back({"all tables", *broken});
      return std::move(result_);
    }
    result_.found = true;
    possibly_new_ = postgres::possibly_new_sql(record_.source.xmin);
    if (Status chosen = choose_candidates(); !chosen) return fail(chosen.error());
    if (Status counted = count(); !counted) return fail(counted.error());
    for (const Candidate& one : candidates_) {
      if (one.source_counted && one.target_counted) judge(one);
    }
    return std::move(result_);
  }

 private:
  Result<std::string> break_of_history() {
    const Result<postgres::History> source = postgres::read_history(both_.found.source_hold->connection());
    if (!source) return fail(source.error());
    const Result<postgres::History> target = postgres::read_history(both_.target_hold->connection());
    if (!target) return fail(target.error());
    std::string broken = postgres::break_between(record_.source, *source, context_.options.only_restarted);
    if (!broken.empty()) return "of the source: " + broken;
    // The record lies where the rows do, so what restores the one restores the other.
    postgres::History then = record_.target;
    postgres::History now = *target;
    then.durable = now.durable = true;
    broken = postgres::break_between(then, now, true);
    result_.target = *target;
    return broken.empty() ? broken : "of the target: " + broken;
  }

  Status choose_candidates() {
    postgres::Connection& source = both_.found.source_hold->connection();
    const auto definitions = catalog::read_table_definitions(source);
    if (!definitions) return fail(definitions.error());
    const auto on_target = catalog::read_table_definitions(both_.target_hold->connection());
    if (!on_target) return fail(on_target.error());
    const Result<rows::UniqueKeys> here = catalog::read_keys(source);
    if (!here) return fail(here.error());
    const Result<rows::UniqueKeys> there = catalog::read_keys(both_.target_hold->connection());
    if (!there) return fail(there.error());
    std::map<catalog::Oid, const Record::Table*> recorded;
    for (const Record::Table& table : record_.tables) recorded[table.oid] = &table;
    const bool same_encoding = both_.found.source.server.encoding == both_.found.target->encoding;
    for (const plan::TablePlan& plan : both_.found.plan.tables) {
      if (!both_.comparable.contains(plan.relation)) continue;
      const catalog::Relation& relation = both_.found.source.relations[plan.relation];
      const auto record = recorded.find(relation.oid);
      const auto definition = definitions->find(relation.oid);
      std::string reason;
      if (record == recorded.end() || definition == definitions->end()) {
        reason = "the record does not have it";
      } else if (record->second->name != relation.name) {
        reason = "it had another name when it was copied";
      } else if (record->second->definition != definition->second.digest) {
        reason = "its definition, or that of a type, has been altered since the copy";
      } else if (!definition->second.unfit.empty()) {
        reason = definition->second.unfit;
      } else if (!is_as_recorded(*record->second, *on_target)) {
        reason = "its definition on the target has been altered since the copy";
      }
      if (reason.empty()) reason = unfit(relation, plan);
      if (!reason.empty()) {
        compare_in_full(relation, std::move(reason));
        continue;
      }
      candidates_.push_back({.place = plan.relation,
                             .key = rows::choose_key(relation, *here, *there, same_encoding),
                             .then = record->second,
                             .counted = {.place = plan.relation, .share = share_of(relation)}});
    }
    return {};
  }

  [[nodiscard]] double share_of(const catalog::Relation& relation) const {
    if (!limits_ || relation.heap_pages <= limits_->most_blocks) return 1;
    return static_cast<double>(limits_->most_blocks) / relation.heap_pages;
  }

  static bool is_as_recorded(const Record::Table& record,
                             const std::map<catalog::Oid, catalog::TableDefinition>& on_target) {
    const auto there = on_target.find(record.target_oid);
    return there != on_target.end() && there->second.name == record.name &&
           there->second.digest == record.target_definition && there->second.unfit.empty();
  }

  std::string unfit(const catalog::Relation& relation, const plan::TablePlan& plan) const {
    if (plan.tree != catalog::kNone) return "its rows may lie in other partitions on the target";
    if (!plan.format.binary)
      return "its values are not the same bytes on both servers: " + plan.format.reason;
    if (!relation.condition.empty()) return "only some of its rows are copied";
    if (!std::ranges::any_of(relation.columns, &catalog::Column::generated)) return {};
    const auto computed =
        std::ranges::find(both_.found.plan.computed, plan.relation, &plan::TablePlan::relation);
    if (computed == both_.found.plan.computed.end() || !computed->format.binary)
      return "the values of its generated columns are not the same bytes on both servers";
    return {};
  }

  Status count() {
    std::vector<double> costs;
    for (const Candidate& one : candidates_) {
      const double pages = both_.found.source.relations[one.place].heap_pages;
      costs.insert(costs.end(), {pages, pages});
    }
    if (costs.empty()) return {};
    crew::ItemList items(costs);
    const int workers = std::min(std::max(2, both_.found.plan.jobs), static_cast<int>(costs.size()));
    crew::Crew crew(items, workers, ends_,
                    [&](crew::Worker& worker, crew::ItemId item, const std::stop_token&) -> Status {
                      Candidate& one = candidates_[item / 2];
                      const double start = context_.timeline.now();
                      if (limits_ && start >= limits_->until) return {};
                      const std::string name = shown(both_.found.source.relations[one.place].name);
                      progress_.starts(worker.number(), "count " + name);
                      Status counted = item % 2 == 0 ? count_source(worker, one) : count_target(worker, one);
                      progress_.ends(worker.number(), counted.has_value());
                      (item % 2 == 0 ? one.source_counted : one.target_counted) = counted.has_value();
                      context_.timeline.record("count", name, worker.number(), start, !counted);
                      return counted;
                    });
    return crew.run(context_.stop, [&] { context_.events.progress(progress_); });
  }

  Status count_source(crew::Worker& worker, Candidate& one) {
    return count(worker.source(), both_.found.source_hold->snapshot(), one, one.counted.source_seconds,
                 [&](postgres::Connection& source, const catalog::Name& name) -> Result<RowCount> {
                   if (limits_) return count_rows(source, name, possibly_new_, one.counted.share);
                   Result<FirstRow> first = find_first(source, name, possibly_new_);
                   if (!first) return fail(first.error());
                   one.first_new = std::move(first->place);
                   return RowCount{first->rows, one.first_new.empty() ? 0U : 1U};
                 });
  }
  Status count_target(crew::Worker& worker, Candidate& one) {
    return count(worker.target(), both_.target_hold->snapshot(), one, one.counted.target_seconds,
                 [&](postgres::Connection& target, const catalog::Name& name) {
                   return count_rows(target, name, written_on_target(*one.then), one.counted.share);
                 });
  }
  static std::string written_on_target(const Record::Table& then) {
    return postgres::possibly_new_sql(then.target_xmin, then.target_writers);
  }
  template <typename Ask>
  Status count(Result<postgres::Connection*> server, const postgres::Snapshot& state, Candidate& one,
               double& seconds, Ask ask) {
    if (!server) return fail(server.error());
    const Result<postgres::Transaction> reading = state.begin(**server);
    if (!reading) return fail(reading.error());
    const double start = context_.timeline.now();
    Result<RowCount> counted = ask(**server, both_.found.source.relations[one.place].name);
    if (!counted) return fail(counted.error());
    ((*server)->side() == postgres::Side::source ? one.counted.source : one.counted.target) = *counted;
    seconds = (context_.timeline.now() - start) / one.counted.share;
    return {};
  }

  void judge(const Candidate& one) {
    const catalog::Relation& relation = both_.found.source.relations[one.place];
    const auto& [place, source, target, source_seconds, target_seconds, share] = one.counted;
    const bool all = share == 1;  // numbers that are extrapolated show no small difference
    result_.counted.push_back(one.counted);
    if (target.possibly_new > 0 || (all && target.rows != one.then->rows)) {
      return compare_in_full(
          relation,
          "it may have been written to on the target since the copy, or another transaction "
          "was open there when the record was made");
    }
    if (source.possibly_new == 0 && (!all || source.rows == one.then->rows)) {
      result_.unchanged[place] = source.rows;
      return;
    }
    if (!one.key.by_range)
      return compare_in_full(relation, "it has changed, and has no key whose order is known");
    ChangedTable& changed = result_.changed.emplace_back();
    changed.source_rows = source.rows;
    changed.target_rows = target.rows;
    changed.possibly_new = one.first_new.empty()
                               ? possibly_new_
                               : fmt::format("ctid >= '{}' AND {}", one.first_new, possibly_new_);
    changed.written_on_target = written_on_target(*one.then);
    changed.table.object = shown(relation.name);
    changed.table.table.key = one.key;
    changed.table.table.format = postgres::CopyFormat::binary;
    changed.table.table.parts.push_back({place, &relation, tasks::on_target(relation)});
    changed.table.whole.source.rows = source.rows;
    changed.table.whole.target.rows = target.rows;
    changed.table.whole.source.bytes = static_cast<std::uint64_t>(relation.heap_bytes);
  }

  void compare_in_full(const catalog::Relation& relation, std::string reason) {
    result_.in_full.push_back({shown(relation.name), std::move(reason)});
  }

  const discovery::VerbContext& context_;
  Compared& both_;
  const crew::Worker::Endpoints& ends_;
  measure::Progress& progress_;
  std::optional<CountingLimits> limits_;
  Record record_;
  std::string possibly_new_;  // condition for the source's rows
  std::vector<Candidate> candidates_;
  RecordedTables result_;
};

}  // namespace

Result<RowCount> count_rows(postgres::Connection& server, const catalog::Name& table,
                            const std::string& written, double share) {
  const Result<postgres::Rows> rows = server.query(
      fmt::format("SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE {}) FROM ONLY {}{}", written,
                  postgres::quote(table.schema, table.name),
                  share < 1 ? fmt::format(" TABLESAMPLE SYSTEM ({:.8f})", share * 100) : ""));
  if (!rows) return rows.error().during("counting rows of " + shown(table));
  const auto of_all = [&](int column) {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(rows->integer(0, column)) / share));
  };
  return RowCount{.rows = of_all(0), .possibly_new = of_all(1)};
}

Result<RecordedTables> ask_what_has_changed(const discovery::VerbContext& context, Compared& both,
                                            const crew::Worker::Endpoints& ends, measure::Progress& progress,
                                            const std::optional<CountingLimits>& limits) {
  return Asking(context, both, ends, progress, limits).run();
}

}  // namespace pghaul::job
