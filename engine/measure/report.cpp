#include "measure/report.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "measure/different_rows_json.h"
#include "measure/error_json.h"
#include "measure/json.h"
#include "measure/stretches.h"
#include "measure/suggestions.h"
#include "measure/version.h"

namespace pghaul::measure {
namespace {

using nlohmann::json;

json as_json(const Report::Database& database) {
  return {{"server_version", database.server_version},
          {"database", database.database},
          {"description", database.description},
          {"bytes", database.bytes},
          {"settings", database.settings}};
}

json as_json(const Report::Abandoned& abandoned) {
  json left = json::array();
  for (const auto& [kind, count] : abandoned.left) left.push_back({{"kind", kind}, {"count", count}});
  json out = {{"source", abandoned.source},
              {"started", abandoned.started},
              {"runs", abandoned.runs},
              {"tasks_done", abandoned.tasks_done},
              {"left", left}};
  if (abandoned.freed_source) out["freed_source"] = true;
  if (abandoned.was_following) out["was_following"] = true;
  return out;
}

json as_json(const Report::Finish& finish) {
  return {{"opened", finish.opened},
          {"closed", finish.closed},
          {"read_only", finish.read_only},
          {"ended_sessions", finish.ended_sessions}};
}

json as_json(const Report::Resumed& resumed) {
  return {{"started", resumed.started},   {"run", resumed.run},        {"tasks_done", resumed.tasks_done},
          {"tasks_total", resumed.tasks}, {"rows", resumed.rows_done}, {"bytes", resumed.bytes_done}};
}

/// Tells whether it has copied all of a database to the end: then its time can be compared with the
/// database's size.
bool is_whole_copy(const Report& report) {
  static constexpr std::array<const char*, 8> kParts = {
      "schema",    "exclude-schema",     "table", "exclude-table", "schema-only",
      "data-only", "exclude-table-data", "where"};
  const bool ended = report.status == "verified" || report.status == "counted" || report.status == "copied" ||
                     report.status == "mismatch";
  return ended &&
         std::ranges::none_of(kParts, [&](const char* option) { return report.settings.contains(option); });
}

/// Renders the time in which writes had to stop: from the first run's start on, whatever came between the
/// runs, which no forecast included.
json downtime_as_json(const Report& report) {
  const double of_this_run = report.opening ? report.opening->seconds.value_or(0) : report.seconds;
  const double seconds = report.earlier_seconds + of_this_run;
  json out = {{"seconds", rounded(seconds)}};
  if (report.earlier_seconds > 0) {
    out["of_this_run"] = rounded(of_this_run);
    return out;
  }
  if (report.source && report.source->bytes > 0 && is_whole_copy(report)) {
    const double gigabytes = static_cast<double>(report.source->bytes) / kGigabyte;
    out["seconds_per_gb"] = rounded(seconds / gigabytes);
  }
  if (report.predicted_seconds) out["predicted_seconds"] = rounded(*report.predicted_seconds);
  return out;
}

/// Renders the phases; one lasts from its first span's start to its last one's end.
json phases_as_json(const std::vector<Span>& spans) {
  struct Extent {
    double start, end;
  };
  std::map<std::string, Extent> extents;
  for (const Span& span : spans) {
    const double end = span.start + span.seconds;
    const auto [at, is_new] = extents.try_emplace(span.phase, Extent{span.start, end});
    at->second.start = std::min(at->second.start, span.start);
    at->second.end = std::max(at->second.end, end);
  }
  std::vector<std::pair<std::string, Extent>> ordered(extents.begin(), extents.end());
  std::ranges::sort(ordered, {}, [](const auto& phase) { return phase.second.start; });
  json out = json::array();
  for (const auto& [name, extent] : ordered) {
    out.push_back(
        {{"name", name}, {"start", rounded(extent.start)}, {"seconds", rounded(extent.end - extent.start)}});
  }
  return out;
}

json milestones_as_json(const Report& report) {
  json out = json::array();
  for (const Report::Milestone& one : report.milestones) {
    out.push_back({{"name", one.name}, {"seconds", rounded(one.seconds)}});
  }
  out.push_back({{"name", "verified"}, {"seconds", rounded(report.seconds)}});
  return out;
}

json opening_as_json(const Report& report) {
  json out = {{"after", report.opening->after}, {"missing", json::array()}};
  if (report.opening->seconds) out["seconds"] = rounded(*report.opening->seconds);
  for (const Report::Missing& one : report.missing) {
    out["missing"].push_back({{"object", one.object}, {"statement", one.statement}});
  }
  return out;
}

/// Renders the time that workers spent in each phase, all of them added up.
json work_as_json(const std::vector<Span>& spans) {
  struct Sum {
    std::size_t tasks = 0;
    double seconds = 0;
  };
  std::map<std::string, Sum> sums;
  for (const Span& span : spans) {
    if (span.worker < 0) continue;
    ++sums[span.phase].tasks;
    sums[span.phase].seconds += span.seconds;
  }
  json out = json::array();
  for (const auto& [phase, sum] : sums) {
    out.push_back({{"phase", phase}, {"tasks", sum.tasks}, {"seconds", rounded(sum.seconds)}});
  }
  return out;
}

json timeline_as_json(const Report& report) {
  constexpr double kShortestShare = 0.002;  // fraction of the run: a pixel or two of any picture of it
  json out = json::array();
  for (const Stretch& stretch : stretches(report.spans, report.seconds * kShortestShare)) {
    json one = {{"worker", stretch.worker},
                {"phase", stretch.phase},
                {"what", stretch.what},
                {"start", rounded(stretch.start)},
                {"seconds", rounded(stretch.seconds)}};
    if (stretch.spans > 1) one["tasks"] = stretch.spans;
    if (stretch.failed) one["failed"] = true;
    out.push_back(std::move(one));
  }
  return out;
}

json samples_as_json(const std::vector<Sample>& samples) {
  json out = json::array();
  for (const Sample& sample : samples) {
    json one = {{"at", rounded(sample.at)}, {"bytes", sample.bytes}, {"rows", sample.rows}};
    if (!sample.bottleneck.empty()) one["bottleneck"] = sample.bottleneck;
    out.push_back(std::move(one));
  }
  return out;
}

json live_as_json(const Report& report) {
  json out = report.live->to_json();
  for (const Report::LiveSample& sample : report.live_samples) {
    out["samples"].push_back({{"at", rounded(sample.at)},
                              {"lag_seconds", rounded(sample.lag_seconds)},
                              {"changes_per_second", rounded(sample.changes_per_second)}});
  }
  for (const Report::ProofRound& round : report.live_rounds) {
    out["rounds"].push_back({{"at", rounded(round.at)},
                             {"seconds", rounded(round.seconds)},
                             {"keys", round.keys},
                             {"different", round.different}});
  }
  return out;
}

json switchover_as_json(const Report::Switchover& switchover) {
  json steps = json::array();
  for (const Report::SwitchoverStep& step : switchover.steps) {
    json one = {{"step", step.name}, {"at", rounded(step.at)}, {"seconds", rounded(step.seconds)}};
    if (step.attempt > 0) one["attempt"] = step.attempt;
    if (!step.failure.empty()) one["failure"] = step.failure;
    steps.push_back(std::move(one));
  }
  json out = {{"state", switchover.state},
              {"attempts", switchover.attempts},
              {"steps", std::move(steps)},
              {"proved", switchover.proved}};
  if (switchover.hold_seconds) out["hold_seconds"] = rounded(*switchover.hold_seconds);
  if (switchover.forecast_seconds) out["forecast_seconds"] = rounded(*switchover.forecast_seconds);
  if (switchover.resumed) out["resumed"] = true;
  for (const Report::Carried& carried : switchover.carried) {
    json one = {{"object", carried.object},
                {"reason", carried.reason},
                {"forecast_seconds", rounded(carried.forecast_seconds)}};
    if (carried.seconds) one["seconds"] = rounded(*carried.seconds);
    out["carried"].push_back(std::move(one));
  }
  if (!switchover.blockers.empty()) out["blockers"] = switchover.blockers;
  if (switchover.ended_sessions) out["ended_sessions"] = *switchover.ended_sessions;
  return out;
}

json suggestions_as_json(const Report& report) {
  json out = json::array();
  for (const Report::Suggestion& suggestion : suggestions(report)) {
    json one = {{"message", suggestion.message}};
    if (suggestion.gain_seconds) one["gain_seconds"] = rounded(*suggestion.gain_seconds);
    out.push_back(std::move(one));
  }
  return out;
}

json tables_as_json(const Report& report) {
  json out = json::array();
  for (const Report::Table& table : report.tables) {
    json row = {{"schema", table.schema}, {"name", table.name},
                {"rows", table.rows},     {"bytes", table.bytes},
                {"format", table.format}, {"reason", table.reason},
                {"chunks", table.chunks}, {"seconds", rounded(table.seconds)}};
    if (report.verb != "plan") {
      row["digest"] = table.digest;
      row["verified"] = table.verified;
    }
    if (!table.tree.empty()) {
      row["tree"] = table.tree;
      row["tree_reason"] = table.tree_reason;
    }
    out.push_back(std::move(row));
  }
  return out;
}

json indexes_as_json(const Report& report) {
  json out = json::array();
  for (const Report::Index& index : report.indexes) {
    out.push_back({{"schema", index.schema},
                   {"name", index.name},
                   {"table", index.table},
                   {"bytes", index.bytes},
                   {"seconds", rounded(index.seconds)}});
  }
  return out;
}

json verification_as_json(const Report::Verification& done) {
  json mismatches = json::array();
  for (const Report::Mismatch& mismatch : done.mismatches) {
    mismatches.push_back({{"object", mismatch.object}, {"message", mismatch.message}});
    if (!mismatch.hint.empty()) mismatches.back()["hint"] = mismatch.hint;
  }
  json out = {{"mode", done.mode}, {"tables", done.tables}, {"rows", done.rows}, {"mismatches", mismatches}};
  if (done.generated_columns > 0) out["generated_columns"] = done.generated_columns;
  if (done.materialized_views > 0) out["materialized_views"] = done.materialized_views;
  if (done.indexes > 0) out["indexes"] = done.indexes;
  for (const Report::Note& note : done.notes) {
    out["notes"].push_back({{"object", note.object}, {"message", note.message}});
  }
  if (!done.different_rows.empty()) out["different_rows"] = as_json(done.different_rows);
  return out;
}

json sync_as_json(const Report::Sync& sync) {
  json out = {{"planned", sync.planned},
              {"sequences", sync.sequences},
              {"by_record", sync.by_record},
              {"unchanged", sync.unchanged},
              {"tables", json::array()}};
  for (const Report::Note& note : sync.in_full) {
    out["in_full"].push_back({{"object", note.object}, {"message", note.message}});
  }
  for (const Report::SyncedTable& table : sync.tables) {
    out["tables"].push_back({{"object", table.object},
                             {"inserted", table.inserted},
                             {"updated", table.updated},
                             {"deleted", table.deleted},
                             {"bytes", table.bytes}});
  }
  return out;
}

json forecast_as_json(const Report::Forecast& forecast) {
  json out = {{"low", rounded(forecast.low)},
              {"likely", rounded(forecast.likely)},
              {"high", rounded(forecast.high)},
              {"past_copies", forecast.past_copies},
              {"rehearsed", forecast.rehearsed}};
  if (forecast.slowdown) out["slowdown"] = rounded(*forecast.slowdown);
  return out;
}

json databases_as_json(const std::vector<Report::DatabaseRun>& databases) {
  json out = json::array();
  for (const Report::DatabaseRun& one : databases) {
    json report = json::parse(one.report, nullptr, false);
    if (!report.is_object()) report = json::object();
    out.push_back({{"name", one.name}, {"exit_status", one.exit_status}, {"report", std::move(report)}});
  }
  return out;
}

/// Renders the resources used by this process with all its threads, without its children.
json resources_as_json(int jobs) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {{"jobs", jobs},
          {"cpu_seconds", rounded(seconds(usage.ru_utime) + seconds(usage.ru_stime))},
          {"max_rss_bytes", static_cast<std::int64_t>(usage.ru_maxrss) * 1024}};
}

}  // namespace

std::string Report::to_json() const {
  json out = {
      {"pghaul", kVersion}, {"format", kFormat}, {"verb", verb}, {"status", status}, {"started", started}};
  if (!left_out.empty() || partial) out["partial"] = true;
  if (error) out["error"] = error_as_json(*error);
  if (source) out["source"] = as_json(*source);
  if (target) out["target"] = as_json(*target);
  const bool knows_downtime = is_downtime && (!opening || opening->seconds);
  if (knows_downtime) out["downtime"] = downtime_as_json(*this);
  out["seconds"] = rounded(seconds);
  if (!is_downtime && predicted_seconds) out["predicted_seconds"] = rounded(*predicted_seconds);
  if (forecast) out["forecast"] = forecast_as_json(*forecast);
  if (is_downtime && status == "verified") out["milestones"] = milestones_as_json(*this);
  if (opening) out["opening"] = opening_as_json(*this);
  if (rehearsal) out["rehearsal"] = true;
  if (read) {
    out["read"] = {{"bytes", read->bytes}, {"seconds", rounded(read->seconds)}};
    if (read->seconds > 0)
      out["read"]["bytes_per_second"] = std::round(static_cast<double>(read->bytes) / read->seconds);
  }
  if (estimate) out["estimate"] = estimate->to_json();
  if (!spans.empty()) {
    out["phases"] = phases_as_json(spans);
    out["work"] = work_as_json(spans);
    out["timeline"] = timeline_as_json(*this);
  }
  if (!samples.empty()) out["samples"] = samples_as_json(samples);
  out["tables"] = tables_as_json(*this);
  if (counts) {
    out["indexes"] = counts->indexes;
    out["keys"] = counts->keys;
    out["foreign_keys"] = counts->foreign_keys;
    out["materialized_views"] = counts->materialized_views;
    out["sequences"] = counts->sequences;
    out["jobs"] = jobs;
  } else {
    out["indexes"] = indexes_as_json(*this);
  }
  if (large_objects) {
    out["large_objects"] = {{"count", large_objects->count},
                            {"bytes", large_objects->bytes},
                            {"verified", large_objects->verified}};
  }
  if (statistics) out["statistics"] = {{"carried", statistics->carried}, {"analyzed", statistics->analyzed}};
  out["left_out"] = json::array();
  for (const LeftOut& one : left_out)
    out["left_out"].push_back({{"object", one.object}, {"reason", one.reason}});
  out["findings"] = json::array();
  for (const Finding& finding : findings) {
    out["findings"].push_back({{"severity", finding.severity},
                               {"code", finding.code},
                               {"object", finding.object},
                               {"message", finding.message},
                               {"hint", finding.hint}});
  }
  if (!databases.empty()) out["databases"] = databases_as_json(databases);
  if (resumed) out["resumed"] = as_json(*resumed);
  if (switchover) out["switchover"] = switchover_as_json(*switchover);
  if (live) out["live"] = live_as_json(*this);
  if (abandoned) out["abandoned"] = as_json(*abandoned);
  if (finish) out["finish"] = as_json(*finish);
  if (standby) out["standby"] = {{"slot", standby->slot}, {"until", standby->until}};
  if (sync) out["sync"] = sync_as_json(*sync);
  if (verification) out["verification"] = verification_as_json(*verification);
  out["suggestions"] = suggestions_as_json(*this);
  out["settings"] = settings;
  out["resources"] = resources_as_json(jobs);
  return as_text(out);
}

}  // namespace pghaul::measure
