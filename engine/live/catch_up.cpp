#include "live/catch_up.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "catalog/read_catalog.h"
#include "follow/follow.h"
#include "follow/noting_feed.h"
#include "follow/selected_feed.h"
#include "follow/server_feed.h"
#include "follow/strict_applier.h"
#include "follow/unproved_tables.h"
#include "live/session.h"
#include "postgres/quote.h"

namespace pghaul::live {
namespace {

using postgres::Side;

/// Another feed, which asks for a stop once the target has all up to a position.
class EndingFeed : public follow::Feed {
 public:
  EndingFeed(follow::Feed& feed, Lsn end, std::stop_source& stop) : feed_(feed), end_(end), stop_(stop) {}

  [[nodiscard]] Result<follow::Item> next(std::chrono::milliseconds wait,
                                          const std::stop_token& stop) override {
    return feed_.next(wait, stop);
  }
  void confirm(Lsn durable) override {
    if (durable >= end_) stop_.request_stop();
    feed_.confirm(durable);
  }

 private:
  follow::Feed& feed_;
  Lsn end_;
  std::stop_source& stop_;
};

/// Has the source write WAL, so that its stream passes by every position from before. Returns the source's
/// encoding.
Result<std::string> move_source(const discovery::VerbContext& context, const std::string& slot) {
  Result<postgres::Connection> source = open_session(*context.ends.source, Side::source, context.stop);
  if (!source) return fail(source.error());
  const Status moved =
      source->execute(fmt::format("UPDATE {} SET marker = 'catch up' WHERE name = {}",
                                  postgres::quote(kLiveSchema, "copies"), postgres::quote_literal(slot)));
  if (!moved) return moved.error().during("writing a marker on the source");
  const Result<catalog::Server> server = catalog::read_server(*source);
  if (!server) return server.error().during("looking at the source");
  return server->encoding;
}

}  // namespace

Status catch_up(const discovery::VerbContext& context, const std::string& slot, const std::string& schema,
                Lsn until) {
  const Result<postgres::ConnectionString> source = context.ends.source->connection_string();
  if (!source) return fail(source.error());
  const Result<postgres::ConnectionString> target = context.ends.target->connection_string();
  if (!target) return fail(target.error());
  const Result<std::string> encoding = move_source(context, slot);
  if (!encoding) return fail(encoding.error());
  std::stop_source stop;
  const std::stop_callback stop_as_well(context.stop, [&] { stop.request_stop(); });
  const Result<std::unique_ptr<follow::StrictApplier>> applier =
      follow::StrictApplier::open(*target, *encoding, follow::ProgressTable(schema), slot,
                                  {.idle_interval = std::chrono::milliseconds(0)}, stop.get_token());
  if (!applier) return fail(applier.error());
  std::optional<follow::TableStarts> starts = follow::TableStarts::of((*applier)->progress());
  if (!starts) return fail(ErrorCode::refused, "the target does not say under which snapshot it was copied");
  Result<follow::ServerFeed> feed =
      follow::ServerFeed::open(*source, *encoding, (*applier)->progress(), {slot}, stop.get_token());
  if (!feed) return fail(feed.error());
  EndingFeed ending(*feed, until, stop);
  follow::Meter meter;
  follow::SelectedFeed selected(ending, std::move(*starts), kLiveSchema, meter);
  Result<postgres::Connection> recorder = open_session(*context.ends.target, Side::target, context.stop);
  if (!recorder) return fail(recorder.error());
  const follow::UnprovedTables unproved(schema, slot);
  if (const Status created = unproved.create(*recorder); !created) return created;
  follow::ChangedKeys keys(0);  // which rows they are will have been forgotten
  follow::NotingFeed noting(selected, keys,
                            [&](std::uint32_t table) { return unproved.add(*recorder, table); });
  Status followed = follow::follow(noting, **applier, stop.get_token());
  if (followed && context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  return followed;
}

}  // namespace pghaul::live
