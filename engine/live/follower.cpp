#include "live/follower.h"

#include <algorithm>
#include <optional>

#include "base/live_schema.h"
#include "base/wait_for.h"
#include "crew/retry.h"
#include "follow/barrier_feed.h"
#include "follow/follow.h"
#include "follow/new_partitions.h"
#include "follow/noting_feed.h"
#include "follow/selected_feed.h"
#include "follow/server_feed.h"
#include "follow/strict_applier.h"
#include "follow/target_table.h"
#include "live/copy_new_partition.h"
#include "live/monitor.h"
#include "live/proof_schedule.h"
#include "live/session.h"

namespace pghaul::live {

using postgres::Side;

Status Follower::run() {
  const std::stop_callback ended(context_.stop, [this] { end_.request_stop(); });
  BarrierServer barriers(direction_.source, direction_.target, direction_.slot, direction_.schema,
                         context_.stop);
  ProofSchedule rounds(context_, direction_.source, direction_.target, direction_.slot, direction_.schema,
                       barriers);
  Monitor monitor(context_, {.source = direction_.source,
                             .target = direction_.target,
                             .slot = direction_.slot,
                             .schema = direction_.schema,
                             .source_description = direction_.source_description,
                             .closed_target = direction_.closed_target,
                             .turn = direction_.turn,
                             .closed = [this] { end_after_switchover(); },
                             .slot_full = [this](Error error) { give_slot_up(std::move(error)); },
                             .new_partitions = [this] { restart_attempt(); },
                             .meter = meter_,
                             .visibility = visibility_,
                             .barriers = barriers,
                             .rounds = rounds});
  Status followed = keep_following(barriers, rounds);
  monitor.conclude(followed);
  return followed;
}

/// Leaves nothing behind: a switchover closes the source once all of its changes are durable on the target.
void Follower::end_after_switchover() {
  closed_ = true;
  end_.request_stop();
}

void Follower::give_slot_up(Error error) {
  if (end_.stop_requested()) return;
  given_up_ = std::move(error);
  end_.request_stop();
}

/// Has new partitions copied: only while no changes are applied.
void Follower::restart_attempt() {
  const std::lock_guard lock(attempt_mutex_);
  attempt_.request_stop();
}

/// Makes partitions that the source has got since on the target, too. One that can't be made is named: the
/// copy stops at its first change.
Status Follower::copy_new_partitions(ProofSchedule& rounds) {
  const std::stop_token stop = end_.get_token();
  Result<postgres::Connection> source = open_session(direction_.source, Side::source, stop);
  if (!source) return fail(source.error());
  Result<postgres::Connection> target = open_session(direction_.target, Side::target, stop);
  if (!target) return fail(target.error());
  const Result<std::vector<follow::NewPartition>> partitions =
      follow::find_new_partitions(*source, *target, direction_.slot);
  if (!partitions) return fail(partitions.error());
  for (const follow::NewPartition& partition : *partitions) {
    if (left_partitions_.contains(partition.table)) continue;
    Status made;
    if (partition.has_own) {
      made = fail(ErrorCode::refused,
                  partition.table +
                      ", a new partition of the source, has indexes, constraints or triggers of "
                      "its own, and was not made on the target");
    } else {
      made = rounds.record(partition.oid);
      rounds.keys().note_whole(partition.oid);
      if (made)
        made = copy_new_partition(*source, *target, partition, follow::ProgressTable(direction_.schema),
                                  direction_.slot);
    }
    if (made) {
      ++made_partitions_;
      continue;
    }
    if (crew::may_pass(made.error())) return made;
    context_.events.warning(made.error().message,
                            "on the target: " + partition.create() +
                                "; rows that it had before it was attached have to be copied by hand",
                            partition.table);
    left_partitions_.insert(partition.table);
  }
  return {};
}

/// Goes on after outages, as long as each ends within --retry-for.
Status Follower::keep_following(BarrierServer& barriers, ProofSchedule& rounds) {
  crew::Backoff backoff(context_.options.retry_for);
  std::uint64_t furthest = meter_.durable;
  std::optional<std::size_t> missed_at;  // the number of new partitions when a table was missing last
  for (int attempt = 1;; ++attempt) {
    const double start = context_.timeline.now();
    Status followed = follow_once(barriers, rounds);
    if (closed_) return {};
    if (end_.stop_requested() && given_up_) return fail(*given_up_);
    if (context_.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
    if (followed) continue;           // there are new partitions
    if (meter_.durable > furthest) {  // another outage than the last one
      furthest = meter_.durable;
      backoff = crew::Backoff(context_.options.retry_for);
      attempt = 1;
    }
    if (follow::is_table_missing(followed.error()) && missed_at != made_partitions_) {
      missed_at = made_partitions_;  // the next round makes it, or this was its last chance
      continue;
    }
    if (!crew::may_pass(followed.error())) return followed;
    const std::optional<std::chrono::milliseconds> wait =
        backoff.after(followed.error(), crew::milliseconds_since(context_.timeline, start));
    if (!wait) return followed;
    context_.events.retry("following the changes", followed.error().message,
                          std::chrono::duration<double>(*wait).count(), attempt);
    if (!wait_for(*wait, end_.get_token()) && !closed_)
      return given_up_ ? fail(*given_up_) : fail(ErrorCode::interrupted, "stopped on request");
  }
}

std::stop_token Follower::begin_attempt() {
  const std::lock_guard lock(attempt_mutex_);
  attempt_ = std::stop_source();
  return attempt_.get_token();
}

/// Returns what is done at a barrier: what has been noted until then is compared as of it.
follow::BarrierFeed::Hooks Follower::hooks(BarrierServer& barriers, ProofSchedule& rounds) {
  follow::BarrierFeed::Hooks hooks = barriers.hooks();
  hooks.take_snapshot = [this, take = std::move(hooks.take_snapshot)] {
    barrier_began_ = context_.timeline.now();
    return take();
  };
  hooks.reached = [this, &rounds, reach = std::move(hooks.reached)]() -> Status {
    if (Status reached = reach(); !reached) return reached;
    rounds.keys().cut();
    context_.events.barrier(context_.timeline.now() - barrier_began_);
    return {};
  };
  return hooks;
}

Status Follower::follow_once(BarrierServer& barriers, ProofSchedule& rounds) {
  const std::stop_token stop = begin_attempt();
  const std::stop_callback ended(end_.get_token(), [this] { restart_attempt(); });
  const Result<postgres::ConnectionString> source = direction_.source.connection_string();
  if (!source) return fail(source.error());
  const Result<postgres::ConnectionString> target = direction_.target.connection_string();
  if (!target) return fail(target.error());
  if (const Status prepared = rounds.prepare(); !prepared) return prepared;
  if (const Status copied = copy_new_partitions(rounds); !copied) return copied;
  const Result<std::unique_ptr<follow::StrictApplier>> applier = follow::StrictApplier::open(
      *target, {}, follow::ProgressTable(direction_.schema), direction_.slot, {}, stop);
  if (!applier) return fail(applier.error());
  const follow::Progress& progress = (*applier)->progress();
  meter_.durable = std::max(meter_.durable.load(), progress.position.value);
  const std::optional<follow::TableStarts> starts = follow::TableStarts::of(progress);
  if (!starts) return fail(ErrorCode::refused, "the target does not say under which snapshot it was copied");
  Result<follow::ServerFeed> feed = follow::ServerFeed::open(*source, {}, progress, {direction_.slot}, stop);
  if (!feed) return fail(feed.error());
  visibility_.restart();
  follow::BarrierFeed barrier(*feed, kLiveSchema, visibility_, barriers.requested(), hooks(barriers, rounds));
  follow::SelectedFeed selected(barrier, *starts, kLiveSchema, meter_);
  follow::NotingFeed noting(selected, rounds.keys(),
                            [&](std::uint32_t table) { return rounds.record(table); });
  return follow::follow(noting, **applier, stop);
}

}  // namespace pghaul::live
