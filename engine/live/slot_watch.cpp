#include "live/slot_watch.h"

#include <fmt/format.h>

#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"
#include "live/session.h"
#include "postgres/quote.h"

namespace pghaul::live {
namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr double kMegabyte = 1e6;

std::string slot_query(const postgres::Connection& source, const std::string& slot) {
  return fmt::format(
      "SELECT (pg_catalog.pg_current_wal_lsn() - restart_lsn)::bigint, {} FROM "
      "pg_catalog.pg_replication_slots"
      " WHERE slot_name = {}",
      source.version() >= 130000 ? "safe_wal_size" : "NULL::bigint", postgres::quote_literal(slot));
}

std::string megabytes(std::int64_t bytes) {
  return fmt::format("{:.0f} MB", static_cast<double>(bytes) / kMegabyte);
}

}  // namespace

Status SlotWarnings::judge(const follow::SlotSize& slot) {
  using follow::SlotVerdict;
  const SlotVerdict verdict = follow::judge(slot);
  const std::string holds = "the replication slot of the live copy holds " + megabytes(slot.held) + " of WAL";
  if (verdict == SlotVerdict::over_limit) {
    return fail(ErrorCode::refused,
                fmt::format("{} on the source, more than --slot-limit allows ({}): the live copy is given up",
                            holds, megabytes(slot.limit)),
                "copy again when the source writes less, or with a larger --slot-limit: pghaul copy --follow "
                "--confirm");
  }
  if (verdict == SlotVerdict::fine || !warned_.insert(verdict).second) return {};
  if (verdict == SlotVerdict::near_limit) {
    context_.events.warning(
        fmt::format("{} on the source; at {} it is given up (--slot-limit)", holds, megabytes(slot.limit)),
        "have the source write less until the target has caught up", {});
  } else {
    context_.events.warning(
        fmt::format("{}; when it has to hold {} more, the source gives it up, and the live copy is lost",
                    holds, megabytes(*slot.may_grow)),
        "raise max_slot_wal_keep_size on the source, if its disk has room", {});
  }
  return {};
}

SlotWatch::SlotWatch(discovery::VerbContext context, const discovery::Endpoint& source, std::string slot)
    : context_(std::move(context)),
      source_(source),
      slot_(std::move(slot)),
      warnings_(context_),
      stop_with_verb_(context_.stop, [this] { stop_.request_stop(); }),
      thread_([this](const std::stop_token& end) { watch(end); }) {}

SlotWatch::~SlotWatch() = default;

void SlotWatch::watch(const std::stop_token& end) {
  std::optional<postgres::Connection> session;
  do {
    [[maybe_unused]] const Status looked = guarded("watching the slot", [&] { return look(session); });
    if (!looked) session.reset();
  } while (!given_up_ && wait_for(kInterval, end));
}

Status SlotWatch::look(std::optional<postgres::Connection>& session) {
  if (Status there = ensure_session(session, source_, postgres::Side::source, context_.stop); !there)
    return there;
  const Result<postgres::Rows> rows = session->query(slot_query(*session, slot_));
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

Status SlotWatch::conclude(Status done) {
  thread_.request_stop();
  thread_.join();
  return given_up_ ? fail(*given_up_) : done;
}

}  // namespace pghaul::live
