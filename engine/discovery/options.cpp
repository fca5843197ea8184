#include "discovery/options.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace pghaul::discovery {
namespace {

constexpr int kMostJobs = 256;

Status not_a_value(const std::string& option, const std::string& value, const std::string& expected) {
  return fail(ErrorCode::usage, "option " + option + " can't be \"" + value + "\"", "give " + expected);
}

Status set_flag(bool& flag, bool when_true, const std::string& option, const std::string& value) {
  if (value != "true" && value != "false") return not_a_value(option, value, "true or false");
  flag = (value == "true") == when_true;
  return {};
}

Status set_jobs(int& jobs, const std::string& value) {
  int number = 0;
  const char* end = value.data() + value.size();
  const auto [stopped, problem] = std::from_chars(value.data(), end, number);
  if (problem != std::errc{} || stopped != end || number < 0 || number > kMostJobs) {
    return not_a_value("jobs", value, "a number of workers from 1 to 256, or 0 to have it chosen");
  }
  jobs = number;
  return {};
}

Status set_seconds(std::chrono::seconds& seconds, int least, const std::string& option,
                   const std::string& value) {
  constexpr int kMost = 7 * 24 * 3600;
  int number = 0;
  const char* end = value.data() + value.size();
  const auto [stopped, problem] = std::from_chars(value.data(), end, number);
  if (problem != std::errc{} || stopped != end || number < least || number > kMost) {
    return not_a_value(option, value, fmt::format("a number of seconds, from {} to a week", least));
  }
  seconds = std::chrono::seconds(number);
  return {};
}

/// "90", "90s", "20m", "1h30m": seconds.
std::optional<double> duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [stopped, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || !(number >= 0)) return std::nullopt;  // nan isn't
    text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
    const char unit = text.empty() ? 's' : text.front();
    if (unit != 's' && unit != 'm' && unit != 'h') return std::nullopt;
    if (!text.empty()) text.remove_prefix(1);
    seconds += number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
  }
  return seconds;
}

Status set_duration(double& seconds, double most, const std::string& option, const std::string& value) {
  const std::optional<double> given = duration(value);
  if (!given || !(*given > 0 && *given <= most)) {
    return not_a_value(option, value, "a time such as 90s, 20m or 1h30m");
  }
  seconds = *given;
  return {};
}

Status set_growth(double& growth, const std::string& value) {
  std::string_view digits = value;
  if (digits.ends_with('%')) digits.remove_suffix(1);
  double percent = 0;
  const auto [stopped, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  constexpr double kMost = 100'000;
  if (problem != std::errc{} || stopped != digits.data() + digits.size() ||
      !(percent > -100 && percent <= kMost)) {
    return not_a_value("grow", value, "a percentage such as 30%");
  }
  growth = 1 + percent / 100;
  return {};
}

Status add_jobs(std::vector<int>& list, const std::string& value) {
  int jobs = 0;
  if (const Status set = set_jobs(jobs, value); !set) return set;
  list.push_back(jobs);
  return {};
}

Status add_past(std::vector<measure::PastCopy>& list, const std::string& value) {
  const std::optional<measure::PastCopy> copy = measure::PastCopy::from_json(value);
  if (!copy) return not_a_value("past", value, "a JSON object with predicted_seconds and seconds");
  list.push_back(*copy);
  return {};
}

Status set_compression(transport::Compression& compression, const std::string& value) {
  const Result<transport::Compression> parsed = transport::Compression::parse(value);
  if (!parsed) return fail(parsed.error());
  compression = *parsed;
  return {};
}

Status set_open_after(plan::Milestone& open_after, const std::string& value) {
  const std::optional<plan::Milestone> milestone = plan::milestone_named(value);
  if (!milestone) {
    return not_a_value("open-after", value, "verified, constraints, indexes, keys or data");
  }
  open_after = *milestone;
  return {};
}

Status set_toast_compression(std::string& method, const std::string& value) {
  if (value != "pglz" && value != "lz4") return not_a_value("toast-compression", value, "pglz or lz4");
  method = value;
  return {};
}

Status set_verify(verify::Mode& mode, const std::string& value) {
  for (const verify::Mode one : {verify::Mode::none, verify::Mode::counts, verify::Mode::checksums}) {
    if (value != verify::mode_name(one)) continue;
    mode = one;
    return {};
  }
  return not_a_value("verify", value, "none, counts or checksums");
}

}  // namespace

Status Options::set(const std::string& option, const std::string& value) {
  if (option == "source") return source = value, Status{};
  if (option == "target") return target = value, Status{};
  if (option == "source-via") return source_via = value, Status{};
  if (option == "target-via") return target_via = value, Status{};
  if (option == "confirm") return confirm = value, Status{};
  if (option == "snapshot") return snapshot = value, Status{};
  if (option == "schema") return filters.schemas.push_back(value), Status{};
  if (option == "exclude-schema") return filters.excluded_schemas.push_back(value), Status{};
  if (option == "table") return filters.tables.push_back(value), Status{};
  if (option == "exclude-table") return filters.excluded_tables.push_back(value), Status{};
  if (option == "no-owner") return set_flag(filters.with_owner, false, option, value);
  if (option == "no-acl") return set_flag(filters.with_acl, false, option, value);
  if (option == "large-objects") return set_flag(asks_for_large_objects, true, option, value);
  if (option == "no-large-objects") return set_flag(with_large_objects, false, option, value);
  if (option == "analyze") return set_flag(carry_statistics, false, option, value);
  if (option == "skip-unreadable") return set_flag(skip_unreadable, true, option, value);
  if (option == "jobs") return set_jobs(jobs, value);
  if (option == "verify") return set_verify(verify, value);
  if (option == "indexes") return set_flag(check_indexes, true, option, value);
  if (option == "resume") return set_flag(resume, true, option, value);
  if (option == "new-snapshot") return set_flag(new_snapshot, true, option, value);
  if (option == "stall-after") return set_seconds(stall_after, 1, option, value);
  if (option == "retry-for") return set_seconds(retry_for, 0, option, value);
  if (option == "open-after") return set_open_after(open_after, value);
  if (option == "rehearse") return set_flag(rehearse, true, option, value);
  if (option == "discard") return set_flag(discard, true, option, value);
  if (option == "budget") return set_duration(budget, 3600, option, value);
  if (option == "window") return set_duration(window, 1e9, option, value);
  if (option == "grow") return set_growth(growth, value);
  if (option == "compare-jobs") return add_jobs(jobs_to_compare, value);
  if (option == "past") return add_past(past, value);
  if (option == "compress") return set_compression(compression, value);
  if (option == "toast-compression") return set_toast_compression(toast_compression, value);
  return fail(ErrorCode::usage, "there is no option " + option, "pghaul.h lists the options");
}

std::map<std::string, std::string> Options::identity() const {
  const auto joined = [](const std::vector<std::string>& patterns) {
    return fmt::format("{}", fmt::join(patterns, "  "));
  };
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  return {{"schema", joined(filters.schemas)},
          {"exclude-schema", joined(filters.excluded_schemas)},
          {"table", joined(filters.tables)},
          {"exclude-table", joined(filters.excluded_tables)},
          {"no-owner", flag(!filters.with_owner)},
          {"no-acl", flag(!filters.with_acl)},
          {"large-objects", flag(wants_large_objects())},
          {"analyze", flag(!carry_statistics)},
          {"open-after", milestone_name(open_after)},
          {"skip-unreadable", flag(skip_unreadable)},
          {"toast-compression", toast_compression},
          {"verify", verify::mode_name(verify)}};
}

std::map<std::string, std::string> Options::shown() const {
  std::map<std::string, std::string> all{{"jobs", jobs == 0 ? "chosen" : std::to_string(jobs)},
                                         {"verify", verify::mode_name(verify)}};
  const auto list = [&all](const char* option, const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) {
      std::string& value = all[option];
      value += (value.empty() ? "" : " ") + pattern;
    }
  };
  list("schema", filters.schemas);
  list("exclude-schema", filters.excluded_schemas);
  list("table", filters.tables);
  list("exclude-table", filters.excluded_tables);
  if (!filters.with_owner) all["no-owner"] = "true";
  if (!filters.with_acl) all["no-acl"] = "true";
  if (asks_for_large_objects) all["large-objects"] = "true";
  if (!with_large_objects) all["no-large-objects"] = "true";
  if (!carry_statistics) all["analyze"] = "true";
  if (skip_unreadable) all["skip-unreadable"] = "true";
  if (check_indexes) all["indexes"] = "true";
  if (!confirm.empty()) all["confirm"] = confirm;
  if (!snapshot.empty()) all["snapshot"] = snapshot;
  if (!source_via.empty()) all["source-via"] = source_via;
  if (!target_via.empty()) all["target-via"] = target_via;
  if (open_after != plan::Milestone::verified) all["open-after"] = milestone_name(open_after);
  if (rehearse) all["rehearse"] = "true";
  if (discard) all["discard"] = "true";
  if (compression.level) all["compress"] = std::to_string(*compression.level);
  if (!toast_compression.empty()) all["toast-compression"] = toast_compression;
  return all;
}

}  // namespace pghaul::discovery
