#include "crew/watchdog.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/guard.h"
#include "base/wait_for.h"

namespace pghaul::crew {
namespace {

using Lines = std::vector<std::shared_ptr<postgres::Lifeline>>;

constexpr std::chrono::milliseconds kFirstLook{500};
constexpr std::chrono::milliseconds kBetweenLooks{1'000};

std::string pids_of(const Lines& lines) {
  std::string pids;
  for (const auto& line : lines) pids += fmt::format("{}{}", pids.empty() ? "" : ",", line->pid());
  return "'{" + pids + "}'::int[]";
}

}  // namespace

Watchdog::Watchdog(const Worker::Endpoints& ends, std::chrono::seconds stall_after, Lifelines lifelines,
                   measure::Progress& progress, std::function<void(Error)> failed)
    : ends_(&ends),
      stall_after_(stall_after),
      lifelines_(std::move(lifelines)),
      progress_(&progress),
      servers_{Watched{postgres::Side::source, {}, SilenceTimer(stall_after, Clock::now()), {}},
               Watched{postgres::Side::target, {}, SilenceTimer(stall_after, Clock::now()), {}}},
      thread_(guarded_thread(
          "watching connections", [this](const std::stop_token& stop) { return work(stop); },
          std::move(failed))) {}

Status Watchdog::work(const std::stop_token& stop) {
  std::chrono::milliseconds pause = kFirstLook;
  while (wait_for(pause, stop)) {
    std::vector<measure::Wait> waits;
    for (Watched& server : servers_) look(server, waits, stop);
    progress_->set_bottleneck(measure::bottleneck(waits));
    pause = kBetweenLooks;
  }
  return {};
}

void Watchdog::look(Watched& server, std::vector<measure::Wait>& waits, const std::stop_token& stop) {
  Lines lines = lifelines_(server.side);
  std::erase_if(lines, [](const auto& line) { return !line->awaited(); });
  if (lines.empty()) {
    server.silence.heard(Clock::now());
    server.suspects.clear();
    return;
  }
  const Result<postgres::Rows> rows = ask(server, lines, stop);
  if (!rows) {
    server.connection.reset();
    const Clock::time_point now = Clock::now();
    const bool refused = !rows.error().sqlstate.empty();  // a refusal is an answer, too
    if (!refused && server.silence.due(now) != SilenceTimer::Due::giving_up) return;
    if (!refused) {
      for (const auto& line : lines) line->sever();
    }
    server.silence.heard(now);
    return;
  }
  server.silence.heard(Clock::now());
  std::set<int> waiting_for_us;
  for (int row = 0; row < rows->size(); ++row) {
    const bool of_source = server.side == postgres::Side::source;
    if (rows->text(row, 1) == "active") {
      waits.push_back({of_source ? measure::Wait::Server::source : measure::Wait::Server::target,
                       rows->string(row, 2), rows->string(row, 3)});
    }
    if (rows->text(row, 2) == "Client") waiting_for_us.insert(static_cast<int>(rows->integer(row, 0)));
  }
  judge(server, lines, waiting_for_us);
}

/// Opens a new connection to each server that has not answered, with a short wait: this thread must not hang.
Result<postgres::Rows> Watchdog::ask(Watched& server, const Lines& lines, const std::stop_token& stop) {
  constexpr std::chrono::seconds kLongestAnswer{5};
  if (!server.connection) {
    const bool source = server.side == postgres::Side::source;
    Result<postgres::Connection> opened =
        postgres::Connection::open(source ? ends_->source : ends_->target, server.side, {}, stop);
    if (!opened) return fail(opened.error());
    server.connection.emplace(std::move(*opened));
  }
  const std::stop_callback cancel_on_stop(stop, [line = server.connection->lifeline()] { line->sever(); });
  return server.connection->query_within(
      "SELECT pid, coalesce(state, ''), coalesce(wait_event_type, ''), coalesce(wait_event, '')"
      " FROM pg_catalog.pg_stat_activity WHERE pid = ANY (" +
          pids_of(lines) + ")",
      std::min<std::chrono::milliseconds>(kLongestAnswer, stall_after_));
}

/// Finds connections on which both ends wait for each other: an answer or rows got lost between them. A
/// moment of that is usual.
void Watchdog::judge(Watched& server, const Lines& lines, const std::set<int>& waiting_for_us) {
  std::map<std::shared_ptr<postgres::Lifeline>, Suspect> suspects;
  const Clock::time_point now = Clock::now();
  for (const auto& line : lines) {
    if (!waiting_for_us.contains(line->pid())) continue;
    const auto before = server.suspects.find(line);
    const bool same = before != server.suspects.end() && before->second.traffic == line->traffic();
    const Suspect suspect = same ? before->second : Suspect{line->traffic(), SilenceTimer(stall_after_, now)};
    if (suspect.silence.due(now) == SilenceTimer::Due::giving_up) {
      line->sever();
    } else {
      suspects.emplace(line, suspect);
    }
  }
  server.suspects = std::move(suspects);
}

}  // namespace pghaul::crew
