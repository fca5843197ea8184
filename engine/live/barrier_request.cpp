#include "live/barrier_request.h"

#include <chrono>
#include <memory>
#include <utility>

#include "base/wait_for.h"
#include "follow/status.h"
#include "live/session.h"
#include "live/way_back.h"

namespace pghaul::live {
namespace {

constexpr std::chrono::milliseconds kPause{50};
constexpr std::chrono::seconds kLongest{120};

/// The server that follows the other one at present.
struct Following {
  postgres::Connection session;
  std::string schema;
  bool back = false;          // the live copy's source is the one that follows
  bool was_switched = false;  // once at least
};

Result<Following> find_following(const discovery::VerbContext& context) {
  Result<postgres::Connection> source =
      open_session(*context.ends.source, postgres::Side::source, context.stop);
  if (!source) return fail(source.error());
  Result<postgres::Connection> target =
      open_session(*context.ends.target, postgres::Side::target, context.stop);
  if (!target) return fail(target.error());
  const Result<LiveTurns> turns = read_turns(*source, *target);
  if (!turns) return fail(turns.error());
  const bool back = turns->switched();
  postgres::Connection& end = back ? *source : *target;
  const Result<std::string> schema = follower_schema(end);
  if (!schema) return fail(schema.error());
  const Result<std::optional<measure::LiveStatus>> status =
      follow::StatusTable(*schema).find(end, back ? turns->back : turns->forward);
  if (!status) return fail(status.error());
  if (!*status) {
    return fail(ErrorCode::refused, "no live copy follows into the target",
                "pghaul verify without --live compares");
  }
  if (!(*status)->running.value_or(false)) {
    return fail(ErrorCode::refused, "the live copy is not being followed at present",
                "go on with it first: pghaul copy --follow --resume SOURCE TARGET");
  }
  return Following{.session = std::move(end),
                   .schema = *schema,
                   .back = back,
                   .was_switched = turns->source > 0 || turns->target > 0};
}

}  // namespace

Result<BarrierRequest> BarrierRequest::ask(const discovery::VerbContext& context) {
  Result<Following> following = find_following(context);
  if (!following) return fail(following.error());
  BarrierTable table(following->schema);
  const Result<std::int64_t> number = table.ask(following->session);
  if (!number) return fail(number.error());
  BarrierRequest barrier(std::move(following->session), std::move(table), *number, following->was_switched);
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  while (std::chrono::steady_clock::now() < deadline) {
    Result<std::optional<SnapshotPair>> answer = barrier.table_.answer(*barrier.target_, *number);
    if (!answer) return fail(answer.error());
    if (*answer) {
      barrier.snapshots_ = std::move(**answer);
      if (following->back) std::swap(barrier.snapshots_.source, barrier.snapshots_.target);
      return barrier;
    }
    if (!wait_for(kPause, context.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
  return fail(ErrorCode::refused, "the live copy came to no barrier in time",
              "see pghaul status, and try again");
}

BarrierRequest::~BarrierRequest() {
  if (target_) [[maybe_unused]]
    const Status released = table_.release(*target_, number_);
}

}  // namespace pghaul::live
