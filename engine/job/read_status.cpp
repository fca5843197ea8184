#include "job/read_status.h"

#include <utility>
#include <vector>

#include "base/live_schema.h"
#include "catalog/read_catalog.h"
#include "discovery/target_hold.h"
#include "follow/progress.h"
#include "follow/registration.h"
#include "follow/status.h"
#include "journal/journal.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::job {

using Stage = journal::Journal::Stage;

namespace {

/// Gives what the pghaul that follows has written last. Nothing: it has not written yet.
Result<std::optional<measure::LiveStatus>> read_written(postgres::Connection& end, const std::string& schema,
                                                        const std::string& forward) {
  const follow::StatusTable table(schema);
  const Result<std::optional<std::string>> slot = table.find_last(end);
  if (!slot) return fail(slot.error());
  if (!*slot) return std::nullopt;
  Result<std::optional<measure::LiveStatus>> written = table.find(end, **slot);
  if (!written || !*written) return written;
  (*written)->back = **slot != forward;
  const bool gone = (*written)->running && !*(*written)->running;
  const std::string& state = (*written)->state;
  if (gone && (state == "following" || state == "catching_up")) (*written)->state = "stopped";
  return written;
}

Result<measure::LiveStatus> status_at_target(postgres::Connection& target, const journal::Journal& journal,
                                             const std::string& name) {
  measure::LiveStatus status;
  status.source = journal.header().source_description;
  if (journal.header().stage != Stage::following) {
    const Result<bool> held = discovery::is_target_held(target);
    if (!held) return fail(held.error());
    status.state = *held ? "copying" : "stopped";
    if (!*held) status.why = "the copy of the rows was interrupted";
    return status;
  }
  const Result<std::optional<follow::Progress>> progress =
      follow::ProgressTable(journal.schema()).find(target, name);
  if (!progress) return fail(progress.error());
  status.state = "stopped";
  status.position = progress->value_or(follow::Progress{}).position;
  Result<std::optional<measure::LiveStatus>> written = read_written(target, journal.schema(), name);
  if (!written) return fail(written.error());
  if (!*written) return status;
  (*written)->source = status.source;
  return std::move(**written);
}

/// Gives what the slot shows, as only the target has the rest.
Result<measure::LiveStatus> status_of_slot(postgres::Connection& source, const std::string& name) {
  const Result<postgres::Rows> rows = source.query(
      "SELECT active, coalesce(confirmed_flush_lsn, '0/0')::text, w.now::text, w.now - confirmed_flush_lsn,"
      " w.now - restart_lsn FROM pg_catalog.pg_replication_slots,"
      " LATERAL (SELECT pg_catalog.pg_current_wal_flush_lsn()) AS w(now) WHERE slot_name = $1",
      {name});
  if (!rows) return rows.error().during("looking at the live copy's replication slot");
  measure::LiveStatus status;
  if (rows->size() == 0) {
    status.state = "broken";
    status.why = "replication slot " + name + " is gone; copy again";
    return status;
  }
  status.state = rows->boolean(0, 0) ? "following" : "stopped";
  status.position = parse_lsn(rows->text(0, 1)).value_or(Lsn{});
  status.source_position = parse_lsn(rows->text(0, 2)).value_or(Lsn{});
  status.not_ready = {"what stands in its way is known on the target only"};
  if (!rows->is_null(0, 3)) status.lag_bytes = rows->integer(0, 3);
  if (!rows->is_null(0, 4)) status.held_bytes = rows->integer(0, 4);
  return status;
}

/// Gives the status of the live copy of this database that was started last.
Result<measure::LiveStatus> status_at_source(postgres::Connection& source, discovery::VerbContext& context) {
  const Result<std::vector<follow::Registration>> all = follow::find_registrations(source);
  if (!all) return fail(all.error());
  if (all->empty()) {
    return fail(ErrorCode::refused, "the database is neither the target of a live copy nor the source of one",
                "pghaul copy --follow SOURCE TARGET starts one");
  }
  context.report.source = std::exchange(context.report.target, {});
  context.report.target = measure::Report::Database{.description = all->back().target};
  Result<std::optional<measure::LiveStatus>> back = read_written(source, kLiveSchema, all->back().name);
  if (!back) return fail(back.error());
  const bool follows_back = *back && (*back)->state != "switched";
  Result<measure::LiveStatus> status = follows_back ? Result<measure::LiveStatus>(std::move(**back))
                                                    : status_of_slot(source, all->back().name);
  if (status) status->source = source.describe();
  return status;
}

}  // namespace

Status live_status(discovery::VerbContext context) {
  Result<postgres::Connection> end =
      live::open_session(*context.ends.target, postgres::Side::target, context.stop);
  if (!end) return fail(end.error());
  const postgres::CancelOnStop cancel_on_stop(context.stop, *end);
  const Result<catalog::Server> described = catalog::read_server(*end);
  if (!described) return described.error().during("looking at the server");
  context.report.target = measure::Report::Database{
      described->version_text, described->database, end->describe(), described->database_bytes, {}};
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(*end);
  if (!journal) return fail(journal.error());
  const bool is_target = *journal && (*journal)->header().is_live();
  const Result<std::string> name = live::live_name(*end, *described);
  if (!name) return fail(name.error());
  Result<measure::LiveStatus> status =
      is_target ? status_at_target(*end, **journal, *name) : status_at_source(*end, context);
  if (!status) return fail(status.error());
  context.report.live = std::move(*status);
  return {};
}

}  // namespace pghaul::job
