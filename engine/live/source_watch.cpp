#include "live/source_watch.h"

#include <fmt/format.h>

#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "fencing/blockers.h"
#include "live/session.h"
#include "postgres/quote.h"

namespace pghaul::live {
namespace {

constexpr std::chrono::seconds kInterval{1};

std::string slot_query(const postgres::Connection& source, const std::string& slot) {
  return fmt::format(
      "SELECT (pg_catalog.pg_current_wal_lsn() - restart_lsn)::bigint, {} FROM "
      "pg_catalog.pg_replication_slots"
      " WHERE slot_name = {}",
      source.version() >= 130000 ? "safe_wal_size" : "NULL::bigint", postgres::quote_literal(slot));
}

}  // namespace

SourceWatch::SourceWatch(discovery::VerbContext context, const discovery::Endpoint& source, std::string slot)
    : context_(std::move(context)),
      source_(source),
      slot_(std::move(slot)),
      warnings_(context_),
      stop_with_verb_(context_.stop, [this] { stop_.request_stop(); }),
      thread_([this](const std::stop_token& end) { watch(end); }) {}

SourceWatch::~SourceWatch() = default;

void SourceWatch::watch(const std::stop_token& end) {
  std::optional<postgres::Connection> session;
  do {
    [[maybe_unused]] const Status looked = guarded("watching the source", [&] { return look(session); });
    if (!looked) session.reset();
  } while (!given_up_ && wait_for(kInterval, end));
}

Status SourceWatch::look(std::optional<postgres::Connection>& session) {
  if (Status there = ensure_session(session, source_, postgres::Side::source, context_.stop); !there)
    return there;
  if (Status judged = judge_slot(*session); !judged) return judged;
  return given_up_ ? Status() : name_waiting(*session);
}

Status SourceWatch::judge_slot(postgres::Connection& session) {
  const Result<postgres::Rows> rows = session.query(slot_query(session, slot_));
  if (!rows) return fail(rows.error());
  if (rows->size() == 0 || rows->is_null(0, 0)) return {};
  follow::SlotSize slot{.held = rows->integer(0, 0), .limit = context_.options.slot_limit};
  if (!rows->is_null(0, 1)) slot.may_grow = rows->integer(0, 1);
  if (const Status judged = warnings_.judge(slot); !judged) {
    given_up_ = judged.error();
    stop_.request_stop();
  }
  return {};
}

Status SourceWatch::name_waiting(postgres::Connection& session) {
  const Result<std::vector<fencing::Blocker>> waiting = fencing::find_waiting_ddl(session);
  if (!waiting) return fail(waiting.error());
  for (const fencing::Blocker& one : *waiting) {
    if (!named_.insert(one.session).second) continue;
    context_.events.warning(
        "DDL or TRUNCATE waits on the source until the rows are copied, and everybody who comes to its table "
        "later waits behind it: " +
            one.text,
        fmt::format("to let the others pass, cancel it: SELECT pg_cancel_backend({})", one.session), {});
  }
  return {};
}

Status SourceWatch::conclude(Status done) {
  thread_.request_stop();
  thread_.join();
  return given_up_ ? fail(*given_up_) : done;
}

}  // namespace pghaul::live
