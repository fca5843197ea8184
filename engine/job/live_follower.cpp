#include "job/live_follower.h"

#include <algorithm>

#include "base/live_schema.h"
#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "crew/retry.h"
#include "follow/barrier_feed.h"
#include "follow/follow.h"
#include "follow/selected_feed.h"
#include "follow/server_feed.h"
#include "follow/strict_applier.h"
#include "job/live_monitor.h"

namespace pghaul::job {

using postgres::Side;

Status LiveFollower::run() {
  const std::stop_callback ended(context_.stop, [this] { end_.request_stop(); });
  LiveBarriers barriers(direction_.source, direction_.target, direction_.slot, direction_.schema,
                        context_.stop);
  LiveMonitor monitor(context_, {.source = direction_.source,
                                 .target = direction_.target,
                                 .slot = direction_.slot,
                                 .schema = direction_.schema,
                                 .source_description = direction_.source_description,
                                 .shown_in = direction_.shown_in,
                                 .turn = direction_.turn,
                                 .closed = [this] { end_after_switchover(); },
                                 .meter = meter_,
                                 .visibility = visibility_,
                                 .barriers = barriers});
  Status followed = keep_following(barriers);
  monitor.conclude(followed);
  return followed;
}

/// Leaves nothing behind: a switchover closes the source once all of its changes are durable on the target.
void LiveFollower::end_after_switchover() {
  closed_ = true;
  end_.request_stop();
}

/// Goes on after outages, as long as each ends within --retry-for.
Status LiveFollower::keep_following(LiveBarriers& barriers) {
  crew::Backoff backoff(context_.options.retry_for);
  std::uint64_t furthest = meter_.durable;
  for (int attempt = 1;; ++attempt) {
    const double start = context_.timeline.now();
    Status followed = follow_once(barriers);
    if (closed_) return {};
    if (context_.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    if (followed) return followed;
    if (meter_.durable > furthest) {  // another outage than the last one
      furthest = meter_.durable;
      backoff = crew::Backoff(context_.options.retry_for);
      attempt = 1;
    }
    if (!crew::may_pass(followed.error())) return followed;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(followed.error(), crew::milliseconds_since(context_.timeline, start));
    if (!wait) return followed;
    context_.events.retry("following the changes", followed.error().message,
                          std::chrono::duration<double>(*wait).count(), attempt);
    if (!wait_for(*wait, end_.get_token()) && !closed_)
      return fail(ErrorCode::interrupted, "stopped on request");
  }
}

Status LiveFollower::follow_once(LiveBarriers& barriers) {
  const std::stop_token stop = end_.get_token();
  const Result<postgres::ConnectionString> source = direction_.source.connection_string();
  if (!source) return fail(source.error());
  const Result<postgres::ConnectionString> target = direction_.target.connection_string();
  if (!target) return fail(target.error());
  if (encoding_.empty()) {
    Result<postgres::Connection> asked = postgres::Connection::open(*source, Side::source, {}, stop);
    if (!asked) return fail(asked.error());
    const Result<catalog::Server> server = catalog::read_server(*asked);
    if (!server) return server.error().during("looking at the source");
    encoding_ = server->encoding;
  }
  const Result<std::unique_ptr<follow::StrictApplier>> applier = follow::StrictApplier::open(
      *target, encoding_, follow::ProgressTable(direction_.schema), direction_.slot, {}, stop);
  if (!applier) return fail(applier.error());
  const follow::Progress& progress = (*applier)->progress();
  meter_.durable = std::max(meter_.durable.load(), progress.position.value);
  const std::optional<follow::TableStarts> starts = follow::TableStarts::of(progress);
  if (!starts) return fail(ErrorCode::refused, "the target does not say under which snapshot it was copied");
  Result<follow::ServerFeed> feed =
      follow::ServerFeed::open(*source, encoding_, progress, {direction_.slot}, stop);
  if (!feed) return fail(feed.error());
  visibility_.restart();
  follow::BarrierFeed barrier(*feed, kLiveSchema, visibility_, barriers.requested(),
                              barriers.hooks());
  follow::SelectedFeed selected(barrier, *starts, kLiveSchema, meter_);
  (*applier)->set_waiting([&] { return feed->keep_alive(); });
  return follow::follow(selected, **applier, stop);
}

}  // namespace pghaul::job
