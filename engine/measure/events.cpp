#include "measure/events.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "measure/clock.h"
#include "measure/error_json.h"
#include "measure/json.h"
#include "measure/version.h"

namespace pghaul::measure {

using nlohmann::json;

Events::Events(const Timeline& timeline, Listener listener)
    : timeline_(&timeline), listener_(std::move(listener)) {}

void Events::started(const std::string& verb) {
  emit("started", {{"verb", verb}, {"format", kFormat}, {"pghaul", kVersion}});
}

void Events::finished(const std::string& status, bool partial) {
  json event = {{"status", status}};
  if (partial) event["partial"] = true;
  emit("finished", std::move(event));
}

void Events::job(const Job& job) {
  json event = {{"source", job.source}, {"source_bytes", job.source_bytes},
                {"tables", job.tables}, {"indexes", job.indexes},
                {"jobs", job.jobs},     {"predicted_seconds", rounded(job.predicted_seconds)}};
  if (!job.target.empty()) event["target"] = job.target;
  if (job.likely_high > 0) {
    event["forecast"] = {{"low", rounded(job.likely_low)}, {"high", rounded(job.likely_high)}};
  }
  emit("job", std::move(event));
}

void Events::phase_started(const std::string& phase) {
  emit("phase", {{"phase", phase}, {"state", "started"}});
}

void Events::phase_finished(const std::string& phase, double seconds) {
  emit("phase", {{"phase", phase}, {"state", "finished"}, {"seconds", rounded(seconds)}});
}

void Events::progress(const Progress& progress) {
  if (listener_) emit("progress", progress.to_json());
}

void Events::table_started(const std::string& table, std::uint64_t parts) {
  emit("table", {{"table", table}, {"state", "started"}, {"parts", parts}});
}

void Events::table_finished(const std::string& table, std::uint64_t rows, std::uint64_t bytes,
                            double seconds) {
  emit("table", {{"table", table},
                 {"state", "finished"},
                 {"rows", rows},
                 {"bytes", bytes},
                 {"seconds", rounded(seconds)}});
}

void Events::chunk(const std::string& table, std::uint64_t rows, std::uint64_t bytes) {
  emit("chunk", {{"table", table}, {"rows", rows}, {"bytes", bytes}});
}

void Events::index_started(const std::string& index, const std::string& table, std::int64_t bytes) {
  emit("index", {{"index", index}, {"table", table}, {"state", "started"}, {"bytes", bytes}});
}

void Events::index_finished(const std::string& index, const std::string& table, std::int64_t bytes,
                            double seconds) {
  emit("index", {{"index", index},
                 {"table", table},
                 {"state", "finished"},
                 {"bytes", bytes},
                 {"seconds", rounded(seconds)}});
}

void Events::verify(const std::string& object, const std::string& mode, std::uint64_t rows,
                    const std::string& difference) {
  json event = {{"object", object}, {"mode", mode}, {"rows", rows}, {"equal", difference.empty()}};
  if (!difference.empty()) event["message"] = difference;
  emit("verify", std::move(event));
}

void Events::table_synced(const SyncedTable& table, double seconds) {
  emit("table_synced", {{"table", table.object},
                        {"inserted", table.inserted},
                        {"updated", table.updated},
                        {"deleted", table.deleted},
                        {"bytes", table.bytes},
                        {"seconds", rounded(seconds)}});
}

void Events::milestone(const std::string& name) {
  emit("milestone", {{"name", name}});
}

void Events::opened(const std::string& milestone, std::optional<double> downtime) {
  json event = {{"name", milestone}, {"open", true}};
  if (downtime) event["downtime_seconds"] = rounded(*downtime);
  emit("milestone", std::move(event));
}

void Events::following(const LiveStatus& status) {
  if (listener_) emit("following", status.to_json());
}

void Events::barrier(double seconds) {
  emit("barrier", {{"seconds", rounded(seconds)}});
}

void Events::round(const Round& round) {
  emit("round", {{"seconds", rounded(round.seconds)},
                 {"keys", round.keys},
                 {"tables", round.tables},
                 {"different", round.different},
                 {"postponed", round.postponed}});
}

void Events::switchover(const std::string& step, int attempt, double seconds) {
  json event = {{"step", step}, {"seconds", rounded(seconds)}};
  if (attempt > 0) event["attempt"] = attempt;
  emit("switchover", std::move(event));
}

void Events::retry(const std::string& what, const std::string& error, double wait, int attempt) {
  emit("retry",
       {{"object", what}, {"message", error}, {"wait_seconds", rounded(wait)}, {"attempt", attempt}});
}

void Events::warning(const std::string& message, const std::string& hint, const std::string& object) {
  emit("warning", {{"message", message}, {"hint", hint}, {"object", object}});
}

void Events::error(const Error& error) {
  emit("error", error_as_json(error));
}

void Events::pass_on(const std::string& kind, const json& event) {
  emit(kind, event);
}

void Events::emit(const std::string& name, json event) {
  if (!listener_) return;
  event["event"] = name;
  const std::lock_guard lock(mutex_);  // before the clocks are read: times of events never go back
  event["elapsed"] = rounded(timeline_->now());
  event["time"] = utc_now_in_milliseconds();
  listener_(as_text(event));
}

}  // namespace pghaul::measure
