#include "live/late_write_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "base/guard.h"
#include "base/live_schema.h"
#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "crew/retry.h"
#include "fencing/fence.h"
#include "fencing/switchover_lock.h"
#include "follow/server_feed.h"
#include "live/replication_setup.h"
#include "live/session.h"
#include "live/way_back.h"
#include "postgres/publication.h"
#include "postgres/quote.h"

namespace pghaul::live {
namespace {

using postgres::Side;

constexpr std::chrono::milliseconds kWait{500};
constexpr std::chrono::seconds kPause{5};  // in which a switchover drops the slot
constexpr std::size_t kMostFindings = 100;
constexpr const char* kHint =
    "nobody carries it: repeat it on the server that is open, or undo it; see docs/switchover.md";

/// Has the stream tell the applier's transactions from others: each changes a row of this table.
Status publish_progress(postgres::Connection& closed, const std::string& publication) {
  const Result<postgres::Rows> there = closed.query(
      "SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication_tables WHERE pubname = $1"
      " AND schemaname = $2 AND tablename = 'follow_progress'",
      {publication, kLiveSchema});
  if (!there) return fail(there.error());
  if (there->integer(0, 0) > 0) return {};
  Status added = closed.execute("SET lock_timeout = '5s'");
  if (added) {
    added = closed.execute(
        postgres::add_to_publication(publication, {postgres::quote(kLiveSchema, "follow_progress")}));
  }
  return added;
}

}  // namespace

Result<std::unique_ptr<LateWriteWatch>> LateWriteWatch::begin(const discovery::VerbContext& context,
                                                              const discovery::Endpoint& closed,
                                                              const discovery::Endpoint& opened,
                                                              const std::string& slot,
                                                              const std::string& schema) {
  Result<Beginning> beginning = find_beginning(context, closed, opened, slot, schema);
  if (!beginning) return fail(beginning.error());
  return std::unique_ptr<LateWriteWatch>(
      new LateWriteWatch(context, closed, opened, slot, schema, std::move(*beginning)));
}

/// What the applier writes until then has to be told from what others write, too.
Result<std::unique_ptr<LateWriteWatch>> LateWriteWatch::begin_later(const discovery::VerbContext& context,
                                                                    const discovery::Endpoint& closed,
                                                                    const discovery::Endpoint& opened,
                                                                    const std::string& slot,
                                                                    const std::string& schema) {
  Result<postgres::Connection> here = open_session(closed, Side::source, context.stop);
  if (!here) return fail(here.error());
  if (const Status published = publish_progress(*here, slot); !published) return fail(published.error());
  return std::unique_ptr<LateWriteWatch>(
      new LateWriteWatch(context, closed, opened, slot, schema, std::nullopt));
}

/// Starts at the position up to which the other server had everything at the decision.
Result<LateWriteWatch::Beginning> LateWriteWatch::find_beginning(const discovery::VerbContext& context,
                                                                 const discovery::Endpoint& closed,
                                                                 const discovery::Endpoint& opened,
                                                                 const std::string& slot,
                                                                 const std::string& schema) {
  Result<postgres::Connection> here = open_session(closed, Side::source, context.stop);
  if (!here) return fail(here.error());
  const Result<catalog::Server> server = catalog::read_server(*here);
  if (!server) return fail(server.error());
  const Result<std::string> fence = live_name(*here, *server);
  if (!fence) return fail(fence.error());
  Result<follow::Progress> from = find_live_copy(closed, slot, context.stop);
  if (!from) return fail(from.error());
  if (const Status published = publish_progress(*here, slot); !published) return fail(published.error());
  Result<postgres::Connection> there = open_session(opened, Side::target, context.stop);
  if (!there) return fail(there.error());
  const Result<std::optional<follow::Progress>> had = follow::ProgressTable(schema).find(*there, slot);
  if (!had) return fail(had.error());
  if (*had) from->position = std::max(from->position, (*had)->position);
  return Beginning{.fence = *fence, .encoding = server->encoding, .progress = std::move(*from)};
}

LateWriteWatch::LateWriteWatch(const discovery::VerbContext& context, const discovery::Endpoint& closed,
                               const discovery::Endpoint& opened, std::string slot, std::string schema,
                               std::optional<Beginning> beginning)
    : context_(context),
      closed_(closed),
      opened_(opened),
      slot_(std::move(slot)),
      schema_(std::move(schema)),
      beginning_(std::move(beginning)),
      thread_(guarded_thread(
          "watching for late writes", [this](const std::stop_token& stop) { return run(stop); },
          [this](const Error& error) {
            context_.events.warning(
                "late writes are no longer watched for: " + error.message,
                "stop the pghaul that follows; pghaul copy --follow --resume watches again", {});
          })) {}

LateWriteWatch::~LateWriteWatch() {
  thread_.request_stop();
  thread_.join();
  std::ranges::move(findings_, std::back_inserter(context_.report.findings));
}

std::optional<measure::LiveLateWrites> LateWriteWatch::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

Status LateWriteWatch::run(const std::stop_token& stop) {
  if (!beginning_) {
    if (Status begun = begin_once_free(stop); !begun) return begun;
  }
  if (!beginning_) return {};  // stopped before, or the server is open again
  {
    const std::lock_guard lock(mutex_);
    seen_.emplace();
  }
  return watch(stop);
}

/// A switchover that opens the closed server again leaves a slot that it made for whoever follows that one.
Result<LateWriteWatch::SlotUser> LateWriteWatch::find_slot_user() {
  Result<postgres::Connection> there = open_session(opened_, Side::target, context_.stop);
  if (!there) return fail(there.error());
  const Result<bool> switching = fencing::is_switchover_under_way(*there);
  if (!switching) return fail(switching.error());
  if (*switching) return SlotUser::switchover;
  Result<postgres::Connection> here = open_session(closed_, Side::source, context_.stop);
  if (!here) return fail(here.error());
  const Result<LiveTurns> turns = read_turns(*here, *there);
  if (!turns) return fail(turns.error());
  return turns->switched() ? SlotUser::watch : SlotUser::follower;
}

/// Waits for the end of the switchover that is under way, which may need the slot for itself. Asks again
/// after it has looked at the slot: another switchover may have made that one anew.
Status LateWriteWatch::begin_once_free(const std::stop_token& stop) {
  do {
    Result<Beginning> beginning = fail(ErrorCode::internal, "the slot was not looked at");
    Result<SlotUser> user = find_slot_user();
    if (user && *user == SlotUser::watch) {
      beginning = find_beginning(context_, closed_, opened_, slot_, schema_);
      user = find_slot_user();
    }
    if (user && *user == SlotUser::follower) return {};
    const bool is_free = user && *user == SlotUser::watch;
    if (is_free && beginning) {
      beginning_ = std::move(*beginning);
      return {};
    }
    Status begun = user ? Status() : fail(user.error());
    if (is_free) begun = fail(beginning.error());
    if (begun || crew::may_pass(begun.error())) continue;
    if (is_free) {
      if (Status dropped = drop_live_slot(closed_, slot_, context_.stop); !dropped) return dropped;
    }
    return begun;
  } while (wait_for(kPause, stop));
  return {};
}

/// Goes on after outages, as the slot would keep the closed server's WAL. A switchover takes the slot: this
/// ends with it, without a word, or once it was given up.
Status LateWriteWatch::watch(const std::stop_token& stop) {
  do {
    const Status ended = read(stop);
    if (stop.stop_requested()) return {};
    if (ended || crew::may_pass(ended.error())) continue;
    const Result<bool> switching = is_switchover_under_way();
    if (switching ? *switching : crew::may_pass(switching.error())) continue;
    const std::lock_guard lock(mutex_);
    seen_.reset();
    return ended;
  } while (wait_for(kPause, stop));
  return {};
}

Result<bool> LateWriteWatch::is_switchover_under_way() {
  Result<postgres::Connection> there = open_session(opened_, Side::target, context_.stop);
  if (!there) return fail(there.error());
  return fencing::Fence(beginning_->fence).is_there(*there);
}

Status LateWriteWatch::read(const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = closed_.connection_string();
  if (!server) return fail(server.error());
  follow::Progress& progress = beginning_->progress;
  Result<follow::ServerFeed> feed =
      follow::ServerFeed::open(*server, beginning_->encoding, progress, {progress.slot}, stop);
  if (!feed) return fail(feed.error());
  follow::LateWrites writes(kLiveSchema);
  while (!stop.stop_requested()) {
    const Result<follow::Item> item = feed->next(kWait, stop);
    if (!item) return fail(item.error());
    Lsn seen;
    if (const auto* idle = std::get_if<follow::Idle>(&*item)) seen = idle->position;
    if (const auto* message = std::get_if<changes::Message>(&*item)) {
      if (const auto* commit = std::get_if<changes::Commit>(message)) seen = commit->end_lsn;
      if (const std::optional<follow::LateWrite> late = writes.see(*message)) tell(*late);
    }
    progress.position = std::max(progress.position, seen);
    feed->confirm(progress.position);
  }
  return {};
}

void LateWriteWatch::tell(const follow::LateWrite& late) {
  const std::string text =
      fmt::format("somebody wrote to the server that is closed: {}; transaction {}, {} changes", late.change,
                  late.xid, late.changes);
  context_.events.warning(text, kHint, late.table);
  {
    const std::lock_guard lock(mutex_);
    ++seen_->transactions;
    seen_->last = fmt::format("{}; transaction {}, {} changes", late.change, late.xid, late.changes);
  }
  if (findings_.size() < kMostFindings)
    findings_.push_back({"warning", "late_write", late.table, text, kHint});
}

}  // namespace pghaul::live
