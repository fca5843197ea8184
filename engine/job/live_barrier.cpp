#include "job/live_barrier.h"

#include <chrono>
#include <memory>

#include "base/wait_for.h"
#include "catalog/read_catalog.h"
#include "follow/status.h"
#include "job/live_session.h"
#include "job/live_source.h"
#include "journal/journal.h"

namespace pghaul::job {
namespace {

constexpr std::chrono::milliseconds kPause{50};
constexpr std::chrono::seconds kLongest{120};

/// Returns the schema of the live copy's journal, if it is being followed at present.
Result<std::string> followed_schema(postgres::Connection& target) {
  const Result<catalog::Server> server = catalog::read_server(target);
  if (!server) return server.error().during("looking at the target");
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(target);
  if (!journal) return fail(journal.error());
  if (!*journal || (*journal)->header().stage != journal::Journal::Stage::following) {
    return fail(ErrorCode::refused, "no live copy follows into the target",
                "pghaul verify without --live compares");
  }
  const std::string schema = (*journal)->schema();
  const Result<std::optional<measure::LiveStatus>> status =
      follow::StatusTable(schema).find(target, live_name(*server));
  if (!status) return fail(status.error());
  if (!*status || !(*status)->running.value_or(false)) {
    return fail(ErrorCode::refused, "the live copy is not being followed at present",
                "go on with it first: pghaul copy --follow --resume SOURCE TARGET");
  }
  return schema;
}

}  // namespace

Result<LiveBarrier> LiveBarrier::ask(const VerbContext& context) {
  Result<postgres::Connection> target =
      open_session(*context.ends.target, postgres::Side::target, context.stop);
  if (!target) return fail(target.error());
  const Result<std::string> schema = followed_schema(*target);
  if (!schema) return fail(schema.error());
  BarrierTable table(*schema);
  const Result<std::int64_t> number = table.ask(*target);
  if (!number) return fail(number.error());
  LiveBarrier barrier(std::move(*target), std::move(table), *number);
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  while (std::chrono::steady_clock::now() < deadline) {
    Result<std::optional<SnapshotPair>> answer = barrier.table_.answer(*barrier.target_, *number);
    if (!answer) return fail(answer.error());
    if (*answer) {
      barrier.snapshots_ = std::move(**answer);
      return barrier;
    }
    if (!wait_for(kPause, context.stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
  return fail(ErrorCode::refused, "the live copy came to no barrier in time",
              "see pghaul status, and try again");
}

LiveBarrier::~LiveBarrier() {
  if (target_) [[maybe_unused]]
    const Status released = table_.release(*target_, number_);
}

}  // namespace pghaul::job
