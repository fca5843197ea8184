#include "job/sync.h"

#include <algorithm>
#include <utility>

namespace pghaul::job {

/// Asks both servers what has changed since the copy, where the target has a record of it. Those tables need
/// not be compared.
Status Sync::ask_by_record() {
  if (context_.options.keep_record) {
    postgres::Connection& source = both_.found.source_hold->connection();
    Result<RecordDraft> draft = read_draft(source);
    if (!draft) return fail(draft.error());
    draft_ = std::move(*draft);
    Result<RecordDraft> of_target = read_draft(both_.target_hold->connection());
    if (!of_target) return fail(of_target.error());
    target_ = std::move(*of_target);
  }
  const Status asked = discovery::announce_phase(context_, "count", [&]() -> Status {
    Result<RecordedTables> recorded = ask_what_has_changed(context_, both_, *ends_, progress_);
    if (!recorded) return fail(recorded.error());
    recorded_ = std::move(*recorded);
    return {};
  });
  if (!asked) return asked;
  done().by_record = recorded_.found;
  done().unchanged = recorded_.unchanged.size();
  done().in_full = recorded_.in_full;
  for (const auto& [place, rows] : recorded_.unchanged) both_.comparable.erase(place);
  for (const ChangedTable& changed : recorded_.changed)
    both_.comparable.erase(changed.table.table.parts.front().place);
  return {};
}

/// Adds the tables that the record tells about to those that differ, and to what has been verified.
void Sync::add_recorded(const RowsRead& read) {
  compared_ = different_.size();
  measure::Report::Verification& whole = *context_.report.verification;
  whole.tables += static_cast<std::int64_t>(recorded_.unchanged.size() + recorded_.changed.size());
  for (const auto& [place, rows] : recorded_.unchanged) whole.rows += static_cast<std::int64_t>(rows);
  for (const ChangedTable& changed : recorded_.changed) {
    whole.rows += static_cast<std::int64_t>(changed.source_rows);
    different_.push_back(changed.table);
  }
  if (recorded_.found) {
    whole.notes.push_back({"rows that have not been written since the copy",
                           "they were compared when they were copied, and are not read again"});
  }
  if (!draft_) return;
  for (const plan::TablePlan& table : both_.found.plan.tables) {
    if (table.tree != catalog::kNone) continue;
    keep(table.relation, read.results->ledger.tally(table.relation).sent.rows);
  }
  for (const auto& [place, rows] : recorded_.unchanged) keep(place, rows);
  for (const ChangedTable& changed : recorded_.changed)
    keep(changed.table.table.parts.front().place, changed.source_rows);
}

void Sync::keep(catalog::Place place, std::uint64_t rows) {
  const catalog::Relation& relation = both_.found.source.relations[place];
  kept_.push_back({.name = relation.name,
                   .oid = relation.oid,
                   .definition = {},
                   .target_oid = 0,
                   .target_definition = {},
                   .rows = rows});
}

/// Keeps a record of the state that the target has now, once applications may write there: what they write
/// will be found. So a failure is no longer one of the sync, which must not begin again.
void Sync::renew_record() {
  const Status kept = discovery::time_phase(context_, "record", [&] { return write_record(); });
  if (kept) return;
  context_.events.warning("the record for the next sync could not be kept: " + kept.error().message,
                          "nothing else is missing; the next sync compares in full what this one has written",
                          {});
}

Status Sync::write_record() {
  postgres::Connection& source = both_.found.source_hold->connection();
  if (Status durable = await_durable(*draft_, source, context_.stop); !durable) return durable;
  both_.target_hold.reset();  // it has read the record before
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  keep_states_of_written();
  return keep_record(*draft_, *target_, kept_, *target);
}

/// Gives each table that was written the state in which it held what the source has: when it was compared
/// again, or the state before and what was written then. A row that somebody else wrote after the first
/// comparison is later than that, and will be found.
void Sync::keep_states_of_written() {
  for (std::size_t i = 0; i < different_.size(); ++i) {
    const catalog::Oid oid = different_[i].table.first().oid;
    const auto kept = std::ranges::find(kept_, oid, &journal::CopyRecord::Table::oid);
    if (kept == kept_.end()) continue;
    kept->target_writers = {writers_[i]};
    if (i < compared_) kept->target_xmin = written_xmin_;
  }
}

}  // namespace pghaul::job
