#include "measure/report.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "measure/json.h"
#include "measure/version.h"

namespace pghaul::measure {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

json as_json(const Report::Database& database) {
  return {{"server_version", database.server_version},
          {"database", database.database},
          {"description", database.description},
          {"bytes", database.bytes}};
}

json as_json(const Error& error) {
  return {{"code", static_cast<int>(error.code)},
          {"name", error_name(error.code)},
          {"message", error.message},
          {"hint", error.hint},
          {"sqlstate", error.sqlstate}};
}

json downtime_as_json(const Report& report) {
  json out = {{"seconds", rounded(report.seconds)}};
  if (report.source && report.source->bytes > 0) {
    const double gigabytes = static_cast<double>(report.source->bytes) / kGigabyte;
    out["seconds_per_gb"] = rounded(report.seconds / gigabytes);
  }
  if (report.predicted_seconds) out["predicted_seconds"] = rounded(*report.predicted_seconds);
  return out;
}

/// A phase lasts from its first span's start to its last one's end.
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
  }
  return {{"mode", done.mode}, {"tables", done.tables}, {"rows", done.rows}, {"mismatches", mismatches}};
}

/// Of this process with all its threads, not of its children.
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
  if (error) out["error"] = as_json(*error);
  if (source) out["source"] = as_json(*source);
  if (target) out["target"] = as_json(*target);
  if (is_downtime) out["downtime"] = downtime_as_json(*this);
  out["seconds"] = rounded(seconds);
  if (!is_downtime && predicted_seconds) out["predicted_seconds"] = rounded(*predicted_seconds);
  if (!spans.empty()) out["phases"] = phases_as_json(spans);
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
  if (verification) out["verification"] = verification_as_json(*verification);
  out["resources"] = resources_as_json(jobs);
  return as_text(out);
}

const char* error_name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::ok:
      return "ok";
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::connection_failed:
      return "connection_failed";
    case ErrorCode::connection_lost:
      return "connection_lost";
    case ErrorCode::server_error:
      return "server_error";
    case ErrorCode::program_missing:
      return "program_missing";
    case ErrorCode::program_failed:
      return "program_failed";
    case ErrorCode::mismatch:
      return "mismatch";
    case ErrorCode::interrupted:
      return "interrupted";
    case ErrorCode::system:
      return "system";
    case ErrorCode::snapshot_lost:
      return "snapshot_lost";
    case ErrorCode::internal:
      return "internal";
  }
  return "unknown";
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm broken_down{};
  gmtime_r(&now, &broken_down);
  std::array<char, sizeof "2026-01-01T00:00:00Z"> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &broken_down);
  return text.data();
}

}  // namespace pghaul::measure
