#include "measure/estimate_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "measure/json.h"

namespace pghaul::measure {
namespace {

using nlohmann::json;

constexpr double kHostedSecondsPerGb = 180;

void put(json& out, const char* name, const std::optional<double>& value) {
  if (value) out[name] = *value;
}

template <typename T, typename ToJson>
json array_of(const std::vector<T>& all, ToJson&& to_json) {
  json out = json::array();
  for (const T& one : all) out.push_back(to_json(one));
  return out;
}

json to_json(const EstimateReport::Window& window, double seconds, double high) {
  return {{"seconds", rounded(window.seconds)},
          {"fits", window.fits},
          {"likely", window.likely},
          {"margin", rounded(window.seconds - seconds)},
          {"safe_margin", rounded(window.seconds - high)}};
}

json to_json(const EstimateReport::Sync& sync) {
  json out = {{"seconds", rounded(sync.seconds)},
              {"low", rounded(sync.low)},
              {"high", rounded(sync.high)},
              {"parts",
               {{"discover", rounded(sync.discover)},
                {"count", rounded(sync.count)},
                {"compare", rounded(sync.compare)},
                {"write", rounded(sync.write)},
                {"verify", rounded(sync.verify)}}},
              {"by_record", sync.by_record},
              {"rows", std::llround(sync.rows)},
              {"changed", sync.changed},
              {"unchanged", sync.unchanged},
              {"in_full", sync.in_full}};
  if (!sync.no_record.empty()) out["no_record"] = sync.no_record;
  out["tables"] = array_of(sync.tables, [](const EstimateReport::Sync::Table& one) {
    json table = {{"object", one.object},
                  {"rows", std::llround(one.rows)},
                  {"written", std::llround(one.written)},
                  {"sampled", one.sampled}};
    if (!one.in_full.empty()) table["in_full"] = one.in_full;
    return table;
  });
  if (sync.window) out["window"] = to_json(*sync.window, sync.seconds, sync.high);
  return out;
}

}  // namespace

json EstimateReport::to_json() const {
  json out = {{"seconds", rounded(seconds)},
              {"low", rounded(low)},
              {"high", rounded(high)},
              {"jobs", jobs},
              {"growth", growth},
              {"disk_bytes", disk_bytes},
              {"table_bytes", table_bytes},
              {"measured", measured},
              {"measuring_seconds", rounded(measuring_seconds)},
              {"sampled_tables", sampled_tables},
              {"notes", notes}};
  if (follow) {
    json live = {{"sample_seconds", rounded(follow->sample_seconds)},
                 {"wal_bytes_per_second", rounded(follow->wal_bytes_per_second)},
                 {"changes_per_second", rounded(follow->changes_per_second)},
                 {"slot_bytes", rounded(follow->slot_bytes)},
                 {"fits", follow->fits},
                 {"catches_up", follow->catch_up_seconds.has_value()}};
    if (follow->slot_limit_bytes) live["slot_limit_bytes"] = *follow->slot_limit_bytes;
    if (follow->catch_up_seconds) live["catch_up_seconds"] = rounded(*follow->catch_up_seconds);
    out["follow"] = std::move(live);
  }
  if (rehearsed_seconds) out["rehearsed_seconds"] = rounded(*rehearsed_seconds);
  if (stream_bytes) out["stream_bytes"] = *stream_bytes;
  if (archive) {
    json& about = out["archive"] = {{"fits", archive->fits}};
    if (archive->bytes) about["bytes"] = *archive->bytes;
    if (archive->free_bytes) about["free_bytes"] = *archive->free_bytes;
  }
  if (disk_bytes > 0) {
    const double gigabytes = static_cast<double>(disk_bytes) / kGigabyte;
    out["seconds_per_gb"] = rounded(seconds / gigabytes);
    if (!archive) out["hosted_rule_seconds"] = rounded(gigabytes * kHostedSecondsPerGb);
  }
  put(out, "source_round_trip", source_round_trip);
  put(out, "target_round_trip", target_round_trip);
  put(out, "source_line", source_line);
  put(out, "target_line", target_line);
  put(out, "source_cores", source_cores);
  put(out, "target_cores", target_cores);
  out["phases"] = array_of(phases, [](const Phase& phase) {
    return json{{"name", phase.name}, {"start", rounded(phase.start)}, {"seconds", rounded(phase.seconds)}};
  });
  out["milestones"] = array_of(milestones, [](const Milestone& one) {
    return json{{"name", one.name}, {"seconds", rounded(one.seconds)}};
  });
  out["critical"] = array_of(critical, [](const Step& step) {
    return json{{"phase", step.phase},
                {"what", step.what},
                {"start", rounded(step.start)},
                {"seconds", rounded(step.seconds)}};
  });
  out["variants"] = array_of(variants, [](const Variant& one) {
    return json{{"what", one.what}, {"seconds", rounded(one.seconds)}, {"measured", one.measured}};
  });
  out["by_jobs"] = array_of(by_jobs, [](const Jobs& one) {
    return json{{"jobs", one.jobs}, {"seconds", rounded(one.seconds)}};
  });
  if (window) out["window"] = measure::to_json(*window, seconds, high);
  if (sync) out["sync"] = measure::to_json(*sync);
  if (past_copies > 0) {
    out["past"] = {{"copies", past_copies}, {"factor", rounded(past_factor)}};
    if (past_error) out["past"]["median_error"] = rounded(*past_error);
  }
  return out;
}

}  // namespace pghaul::measure
