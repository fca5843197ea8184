#include "estimate_text.h"

#include <fmt/format.h>

#include <utility>

#include "escape.h"
#include "quantities.h"
#include "report_pieces.h"
#include "text_table.h"

namespace pghaul::command {

namespace {

using nlohmann::json;
using Side = TextTable::Side;

constexpr std::size_t kVariantsShown = 5;
constexpr std::size_t kTablesShown = 10;  // of those that a sync would write

std::string fact(const char* name, const std::string& value) {
  return fmt::format("  {:<12} {}\n", name, value);
}

double seconds_of(const json& object) {
  return object.value("seconds", 0.0);
}

std::string headline(const json& report, const Style& style) {
  std::string text = "To copy " + end_text(report, "source", style) + "\n";
  if (report.contains("target")) text += "     to " + end_text(report, "target", style) + "\n";
  return text + "\n";
}

/// Returns the name of the time: writing an archive is no downtime.
const char* name_of_time(const json& estimate) {
  return estimate.contains("archive") ? "takes" : "downtime";
}

std::string room(const json& estimate, const Style& style) {
  if (!estimate.contains("archive")) return {};
  const json& archive = estimate["archive"];
  const bool known = archive.contains("bytes");
  std::string text =
      known ? "about " + show_bytes(archive.value("bytes", 0.0)) : "an unknown size: see the notes";
  if (archive.contains("free_bytes"))
    text += fmt::format("; {} are free", show_bytes(archive.value("free_bytes", 0.0)));
  if (known && archive.contains("free_bytes") && !archive.value("fits", true)) {
    text += ": " + toned("too little, or barely enough", Tone::bad, style);
  }
  return fact("needs", text);
}

std::string answer(const json& estimate, const Style& style) {
  std::string text =
      fact(name_of_time(estimate),
           fmt::format("{}{}; 8 times in 10 between {} and {}",
                       toned(show_seconds(seconds_of(estimate)), Tone::good, style), "",
                       show_seconds(estimate.value("low", 0.0)), show_seconds(estimate.value("high", 0.0))));
  std::string with = show_count(estimate.value("jobs", std::uint64_t{0}), "worker", "workers");
  const double growth = estimate.value("growth", 1.0);
  if (growth != 1) with += fmt::format(", everything {:.4g} times as large", growth);
  text += fact("with", with);
  text += room(estimate, style);
  if (estimate.contains("hosted_rule_seconds")) {
    text +=
        fact("per GB", fmt::format("{} of {}; at the 3 minutes per GB that hosted\n{:15}pg:copy documents it "
                                   "would be {}",
                                   show_seconds(estimate.value("seconds_per_gb", 0.0)),
                                   show_bytes(estimate.value("disk_bytes", 0.0)), "",
                                   show_seconds(estimate.value("hosted_rule_seconds", 0.0))));
  }
  if (estimate.contains("stream_bytes")) {
    text += fact("bytes", fmt::format("{} of rows in tables that take {} on disk",
                                      show_bytes(estimate.value("stream_bytes", 0.0)),
                                      show_bytes(estimate.value("table_bytes", 0.0))));
  }
  return text;
}

/// Returns the lines to servers on other machines.
std::string lines(const json& estimate) {
  std::string text;
  for (const char* end : {"source", "target"}) {
    const double bytes = estimate.value(std::string(end) + "_line", 0.0);
    if (bytes > 0) text += fmt::format("; {}/s to the {}", show_bytes(bytes), end);
  }
  return text;
}

std::string basis(const json& estimate, const Style& style) {
  std::string text;
  if (estimate.value("measured", false)) {
    text = fmt::format(
        "{} tried in {}",
        show_count(estimate.value("sampled_tables", std::uint64_t{0}), "kind of table", "kinds of tables"),
        show_seconds(estimate.value("measuring_seconds", 0.0)));
    if (estimate.contains("source_round_trip") && estimate.contains("target_round_trip")) {
      text +=
          fmt::format("; round trips {:.2g} ms and {:.2g} ms", estimate.value("source_round_trip", 0.0) * 1e3,
                      estimate.value("target_round_trip", 0.0) * 1e3);
    } else if (estimate.contains("source_round_trip") || estimate.contains("target_round_trip")) {
      const double trip = estimate.value("source_round_trip", 0.0) + estimate.value("target_round_trip", 0.0);
      text += fmt::format("; a round trip of {:.2g} ms", trip * 1e3);
    }
    text += lines(estimate);
    if (estimate.contains("target_cores") && estimate.contains("source_cores")) {
      text += fmt::format(";\n{:15}about {:.1f} cores free on the source, {:.1f} on the target", "",
                          estimate.value("source_cores", 0.0), estimate.value("target_cores", 0.0));
    } else if (estimate.contains("target_cores")) {
      text += fmt::format(";\n{:15}about {:.1f} cores free on the target", "",
                          estimate.value("target_cores", 0.0));
    } else if (estimate.contains("source_cores")) {
      text += fmt::format(";\n{:15}about {:.1f} cores free on the source", "",
                          estimate.value("source_cores", 0.0));
    }
  } else {
    text = "shipped rates, nothing measured; name a TARGET to measure";
  }
  text = fact("rests on", text);
  if (estimate.contains("past")) {
    const json& past = estimate["past"];
    text += fact("so far", fmt::format("{} between these servers: predicted with a median error of {:.0f} %",
                                       show_count(past.value("copies", std::uint64_t{0}), "copy", "copies"),
                                       past.value("median_error", 0.0) * 100));
  }
  if (estimate.contains("rehearsed_seconds")) {
    text += fact("rehearsed", fmt::format("in {}, scaled to the present size: the forecast follows it",
                                          show_seconds(estimate.value("rehearsed_seconds", 0.0))));
  }
  for (const json& note : list_of(estimate, "notes")) {
    if (note.is_string()) text += fact("note", escape(note.get<std::string>(), style));
  }
  return text;
}

/// Renders what a live copy does besides.
std::string follow(const json& estimate, const Style& style) {
  if (!estimate.contains("follow")) return {};
  const json& live = estimate["follow"];
  std::string text =
      "\n" + fact("source",
                  fmt::format("writes {} of WAL a second, {} changes of rows ({} watched)",
                              show_bytes(live.value("wal_bytes_per_second", 0.0)),
                              show_count(static_cast<std::uint64_t>(live.value("changes_per_second", 0.0))),
                              show_seconds(live.value("sample_seconds", 0.0))));
  std::string slot =
      fmt::format("will hold {} on the source when all is copied", show_bytes(live.value("slot_bytes", 0.0)));
  if (live.contains("slot_limit_bytes")) {
    slot += fmt::format(", which may hold {}: ", show_bytes(live.value("slot_limit_bytes", 0.0)));
    slot += live.value("fits", true) ? "it fits" : toned("it does not fit", Tone::bad, style);
  }
  text += fact("slot", slot);
  return text + fact("catches up", live.value("catches_up", false)
                                       ? "within " + show_seconds(live.value("catch_up_seconds", 0.0))
                                       : toned("never:", Tone::bad, style) +
                                             " the source writes more than one connection applies");
}

std::string window(const json& estimate, const Style& style) {
  if (!estimate.contains("window")) return {};
  const json& window = estimate["window"];
  const double margin = window.value("margin", 0.0);
  const bool fits = window.value("fits", false);
  const bool likely = window.value("likely", false);
  const std::string length = show_seconds(seconds_of(window));
  if (fits) {
    return "\n" + toned("yes:", Tone::good, style) +
           fmt::format(" it fits into {}, with {} to spare, and {} even 9 times in 10\n", length,
                       show_seconds(margin), show_seconds(window.value("safe_margin", 0.0)));
  }
  if (likely) {
    return "\n" + toned("likely:", Tone::careful, style) +
           fmt::format(" it should fit into {}, with {} to spare, but 1 time in 10 it takes {} longer\n",
                       length, show_seconds(margin), show_seconds(-window.value("safe_margin", 0.0)));
  }
  return "\n" + toned("no:", Tone::bad, style) +
         fmt::format(" it does not fit into {}, by {}\n", length, show_seconds(-margin));
}

/// Renders how long a sync would take instead of a copy, and what of.
std::string sync(const json& estimate, const SummaryLayout& layout) {
  if (!estimate.contains("sync")) return {};
  const json& sync = estimate["sync"];
  std::string text =
      "\n" +
      fact("sync", fmt::format("{} in the window, where this copy is brought up to date; between {} and {}",
                               toned(show_seconds(seconds_of(sync)), Tone::good, layout.style),
                               show_seconds(sync.value("low", 0.0)), show_seconds(sync.value("high", 0.0))));
  std::string parts;
  for (const auto& [name, seconds] : {std::pair{"discover", "looking at both"},
                                      {"count", "counting rows"},
                                      {"compare", "comparing rows"},
                                      {"write", "writing"},
                                      {"verify", "comparing what was written"}}) {
    const double part = sync["parts"].value(name, 0.0);
    if (part > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", seconds, show_seconds(part));
  }
  text += fact("of these", parts);
  text += fact("by", sync.value("by_record", false) ? "the record of the copy"
                     : sync.contains("no_record")
                         ? "ranges of keys: the record does not hold: " +
                               escape(sync.value("no_record", ""), layout.style)
                         : "ranges of keys, as the copy has no record (copy --keep-record)");
  text += fact("writes", fmt::format("about {} of {}; {} unchanged, {} to be compared in full",
                                     show_count(sync.value("rows", std::uint64_t{0}), "row", "rows"),
                                     show_count(sync.value("changed", std::uint64_t{0}), "table", "tables"),
                                     show_count(sync.value("unchanged", std::uint64_t{0})),
                                     show_count(sync.value("in_full", std::uint64_t{0}))));
  text += window(sync, layout.style);
  TextTable table({{"to be written"}, {"rows", Side::right}, {"of", Side::right}, {"compared in full"}});
  std::size_t shown = 0;
  bool extrapolated = false;
  for (const json& one : list_of(sync, "tables")) {
    if (++shown > kTablesShown && !layout.every_table) break;
    extrapolated = extrapolated || !one.value("sampled", true);
    table.add({one.value("object", ""),
               show_count(one.value("written", std::uint64_t{0})) + (one.value("sampled", true) ? "" : " *"),
               show_count(one.value("rows", std::uint64_t{0})), one.value("in_full", "")});
  }
  if (table.empty()) return text;
  text += "\n" + table.text(layout.columns, layout.style);
  if (extrapolated) text += "  * not sampled: taken to have changed as the others have\n";
  if (shown > kTablesShown && !layout.every_table) text += "  … and more: see the report\n";
  return text;
}

std::string phases(const json& estimate, const SummaryLayout& layout) {
  TextTable table({{"phase"}, {"begins", Side::right}, {"seconds", Side::right}});
  for (const json& phase : list_of(estimate, "phases")) {
    table.add({phase.value("name", ""), fmt::format("{:.1f}", phase.value("start", 0.0)),
               fmt::format("{:.1f}", seconds_of(phase))});
  }
  TextTable milestones({{"stands"}, {"after", Side::right}});
  for (const json& one : list_of(estimate, "milestones")) {
    milestones.add({one.value("name", ""), show_seconds(seconds_of(one))});
  }
  const std::string text = "\n" + table.text(layout.columns, layout.style);
  return milestones.empty() ? text : text + "\n" + milestones.text(layout.columns, layout.style);
}

std::string critical(const json& estimate, const SummaryLayout& layout) {
  TextTable table({{"what decides it"}, {"phase"}, {"begins", Side::right}, {"seconds", Side::right}});
  for (const json& step : list_of(estimate, "critical")) {
    table.add({step.value("what", ""), step.value("phase", ""),
               fmt::format("{:.1f}", step.value("start", 0.0)), fmt::format("{:.1f}", seconds_of(step))});
  }
  return table.empty() ? "" : "\n" + table.text(layout.columns, layout.style);
}

std::string by_jobs(const json& estimate, const SummaryLayout& layout) {
  TextTable table({{"workers", Side::right}, {name_of_time(estimate), Side::right}});
  for (const json& one : list_of(estimate, "by_jobs")) {
    table.add({show_count(one.value("jobs", std::uint64_t{0})), show_seconds(seconds_of(one))});
  }
  return table.empty() ? "" : "\n" + table.text(layout.columns, layout.style);
}

std::string variants(const json& estimate, const SummaryLayout& layout) {
  TextTable table({{"what would make it shorter"}, {name_of_time(estimate), Side::right}, {"fits"}});
  const bool asked = estimate.contains("window");
  const double most = asked ? seconds_of(estimate["window"]) : 0;
  std::size_t shown = 0;
  bool rule_of_thumb = false;
  for (const json& one : list_of(estimate, "variants")) {
    if (++shown > kVariantsShown && !layout.every_table) break;
    const bool measured = one.value("measured", true);
    rule_of_thumb = rule_of_thumb || !measured;
    table.add({one.value("what", "") + (measured ? "" : " *"), show_seconds(seconds_of(one)),
               !asked                    ? ""
               : seconds_of(one) <= most ? "yes"
                                         : "no"});
  }
  if (table.empty()) return {};
  return "\n" + table.text(layout.columns, layout.style) +
         (rule_of_thumb ? "  * by a rule of thumb; all others are simulated\n" : "");
}

}  // namespace

std::string estimate_text(const json& report, const SummaryLayout& layout) {
  if (!report.contains("estimate")) return {};
  const json& estimate = report["estimate"];
  return headline(report, layout.style) + answer(estimate, layout.style) + basis(estimate, layout.style) +
         window(estimate, layout.style) + sync(estimate, layout) + follow(estimate, layout.style) +
         phases(estimate, layout) + critical(estimate, layout) + by_jobs(estimate, layout) +
         variants(estimate, layout) + left_out_text(report, layout.style);
}

}  // namespace pghaul::command
