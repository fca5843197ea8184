#include "job/live_status.h"

#include "catalog/read_catalog.h"
#include "follow/progress.h"
#include "follow/status.h"
#include "job/live_session.h"
#include "job/live_source.h"
#include "journal/journal.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::job {

using Stage = journal::Journal::Stage;

Status live_status(VerbContext context) {
  Result<postgres::Connection> target =
      open_session(*context.ends.target, postgres::Side::target, context.stop);
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context.stop, *target);
  const Result<catalog::Server> described = catalog::read_server(*target);
  if (!described) return described.error().during("looking at the target");
  context.report.target = measure::Report::Database{
      described->version_text, described->database, target->describe(), described->database_bytes, {}};
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(*target);
  if (!journal) return fail(journal.error());
  if (!*journal || !(*journal)->header().is_live()) {
    return fail(ErrorCode::refused, "the target is not kept up to date by a live copy",
                "pghaul copy --follow SOURCE TARGET starts one");
  }
  const std::string& schema = (*journal)->schema();
  const std::string name = live_name(*described);
  measure::LiveStatus status;
  status.state = "copying";
  status.source = (*journal)->header().source_description;
  if ((*journal)->header().stage == Stage::following) {
    const Result<std::optional<follow::Progress>> progress =
        follow::ProgressTable(schema).find(*target, name);
    if (!progress) return fail(progress.error());
    status.state = "stopped";
    status.position = progress->value_or(follow::Progress{}).position;
    Result<std::optional<measure::LiveStatus>> written = follow::StatusTable(schema).find(*target, name);
    if (!written) return fail(written.error());
    if (*written) status = std::move(**written);
    const bool gone = status.running && !*status.running;
    if (gone && (status.state == "following" || status.state == "catching_up")) status.state = "stopped";
  }
  context.report.live = std::move(status);
  return {};
}

}  // namespace pghaul::job
