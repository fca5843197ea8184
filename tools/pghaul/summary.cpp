#include "summary.h"

#include <fmt/format.h>

#include "different_rows_text.h"
#include "ended_text.h"
#include "escape.h"
#include "progress_text.h"
#include "quantities.h"
#include "report_pieces.h"
#include "text_table.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

// Rule of thumb for users of hosted pg:copy:
// https://devcenter.heroku.com/articles/upgrading-heroku-postgres-databases
constexpr double kHostedSecondsPerGb = 180;
// Below this, the part of the time that does not depend on the size dominates, and seconds per GB mean
// nothing.
constexpr double kComparableBytes = 100e6;
constexpr double kComparableRowBytes =
    10e6;  // the rest of a database's size may be bloat, which is not copied

std::string fact(const char* name, const std::string& value) {
  return fmt::format("  {:<15} {}\n", name, value);
}

double sum_of(const json& list, const char* member) {
  double sum = 0;
  for (const json& item : list) sum += item.value(member, 0.0);
  return sum;
}

double row_bytes(const json& report) {
  return sum_of(list_of(report, "tables"), "bytes") + report.value("/large_objects/bytes"_json_pointer, 0.0);
}

std::string amounts(const json& report) {
  const json& tables = list_of(report, "tables");
  std::string text =
      fact("rows", fmt::format("{} in {}", show_count(static_cast<std::uint64_t>(sum_of(tables, "rows"))),
                               show_count(tables.size(), "table", "tables")));
  std::string bytes = show_bytes(sum_of(tables, "bytes"));
  const double on_disk = report.value("/source/bytes"_json_pointer, 0.0);
  if (on_disk > 0) bytes += fmt::format(" of rows; the source takes {} on disk", show_bytes(on_disk));
  text += fact("bytes", bytes);
  if (!list_of(report, "indexes").empty()) text += fact("indexes", show_count(report["indexes"].size()));
  const auto objects = report.value("/large_objects/count"_json_pointer, std::uint64_t{0});
  if (objects > 0) {
    text += fact("large objects",
                 fmt::format("{}, {}", show_count(objects),
                             show_bytes(report.value("/large_objects/bytes"_json_pointer, 0.0))));
  }
  const std::string carried = carried_statistics(report);
  if (!carried.empty()) text += fact("statistics", carried);
  return text;
}

std::string phases(const json& report, const SummaryLayout& layout) {
  using Side = TextTable::Side;
  TextTable table({{"phase"}, {"begins", Side::right}, {"seconds", Side::right}});
  for (const json& phase : list_of(report, "phases")) {
    table.add({escape(phase.value("name", ""), layout.style),
               fmt::format("{:.1f}", phase.value("start", 0.0)),
               fmt::format("{:.1f}", phase.value("seconds", 0.0))});
  }
  return table.empty() ? "" : fmt::format("\n{}", table.text(layout.columns, layout.style));
}

std::string beside_the_forecast(double seconds, double predicted, const std::string& range) {
  if (!range.empty()) return "; forecast " + range;
  if (predicted <= 0) return {};
  const double difference = (seconds - predicted) / predicted * 100;
  return fmt::format("; forecast {} ({:+.0f} %)", show_seconds(predicted), difference);
}

std::string beside_hosted(double seconds_per_gb) {
  const double times = kHostedSecondsPerGb / seconds_per_gb;
  if (times < 1) return "hosted pg:copy documents 3 minutes per GB";
  return fmt::format("{:.{}f} times as fast as the 3 minutes per GB\n{:18}that hosted pg:copy documents",
                     times, times < 10 ? 1 : 0, "");
}

std::string downtime(const json& report) {
  if (!report.contains("downtime")) return {};
  const json& down = report["downtime"];
  const double seconds = down.value("seconds", 0.0);
  const std::string beside =
      beside_the_forecast(seconds, down.value("predicted_seconds", 0.0), forecast_text(report));
  const std::string of_this_run = down.contains("of_this_run")
                                      ? fmt::format(" since the copy began; this run took {}",
                                                    show_seconds(down.value("of_this_run", 0.0)))
                                      : "";
  std::string text = fmt::format("\n{}", fact("downtime", show_seconds(seconds) + of_this_run + beside));
  const double per_gb = down.value("seconds_per_gb", 0.0);
  if (per_gb <= 0) return text;
  const bool comparable = report.value("/source/bytes"_json_pointer, 0.0) >= kComparableBytes &&
                          row_bytes(report) >= kComparableRowBytes;
  return comparable ? text + fact("per GB", show_seconds(per_gb) + "; " + beside_hosted(per_gb)) : text;
}

std::string rate(const json& report) {
  if (!report.contains("read")) return {};
  const json& read = report["read"];
  return "\n" + fact("rate", fmt::format("{} in {}: {} a second", show_bytes(read.value("bytes", 0.0)),
                                         show_seconds(read.value("seconds", 0.0)),
                                         show_bytes(read.value("bytes_per_second", 0.0))));
}

std::string tables(const json& report, const SummaryLayout& layout) {
  using Side = TextTable::Side;
  TextTable table(
      {{"table"}, {"rows", Side::right}, {"bytes", Side::right}, {"takes", Side::right}, {"verified"}});
  for (const json& row : list_of(report, "tables")) {
    table.add({table_name(row, layout.style), show_count(row.value("rows", std::uint64_t{0})),
               show_bytes(row.value("bytes", 0.0)), show_seconds(row.value("seconds", 0.0)),
               row.value("verified", false) ? "yes" : "no"});
  }
  return table.empty() ? "" : fmt::format("\n{}", table.text(layout.columns, layout.style));
}

std::string differences(const json& report, const Style& style) {
  const json& verification = report.contains("verification") ? report["verification"] : json::object();
  const json& mismatches = list_of(verification, "mismatches");
  if (mismatches.empty()) return {};
  std::string text = "\n  different\n";
  for (const json& mismatch : mismatches) {
    text += fmt::format("    {}: {}\n", escape(mismatch.value("object", ""), style),
                        escape(mismatch.value("message", ""), style));
  }
  return text + different_rows_text(verification, style);
}

std::string notes(const json& report, const Style& style) {
  const json& verification = report.contains("verification") ? report["verification"] : json::object();
  const json& notes = list_of(verification, "notes");
  if (notes.empty()) return {};
  std::string text = "\n  noted\n";
  for (const json& note : notes) {
    text += fmt::format("    {}: {}\n", escape(note.value("object", ""), style),
                        escape(note.value("message", ""), style));
  }
  return text;
}

/// Renders ", 3 generated columns": what was compared besides rows, or checked.
std::string besides_rows(const json& verification) {
  std::string text;
  const auto add = [&](const char* member, const char* one, const char* many) {
    const auto count = verification.value(member, std::uint64_t{0});
    if (count > 0) text += ", " + show_count(count, one, many);
  };
  add("generated_columns", "generated column", "generated columns");
  add("materialized_views", "materialized view", "materialized views");
  add("indexes", "index", "indexes");
  return text;
}

/// Renders what was compared, in words that claim no more than that.
std::string verdict(const json& report, const Style& style) {
  const json& verification = report.contains("verification") ? report["verification"] : json::object();
  const std::string mode = verification.value("mode", "none");
  const std::string compared = fmt::format(
      "{}, {}{}", show_count(verification.value("tables", std::uint64_t{0}), "table", "tables"),
      show_count(verification.value("rows", std::uint64_t{0}), "row", "rows"), besides_rows(verification));
  const std::size_t mismatches = list_of(verification, "mismatches").size();
  if (mismatches > 0) {
    return toned("different:", Tone::bad, style) +
           fmt::format(" {} in {}", show_count(mismatches, "difference", "differences"), compared);
  }
  if (report.contains("read")) return "read, not copied";
  const bool partial = !list_of(report, "left_out").empty();
  const Tone tone = partial ? Tone::careful : Tone::good;
  const char* const so_far = partial ? ", but partial:" : ":";
  if (mode == "checksums") return toned(fmt::format("verified{}", so_far), tone, style) + " " + compared;
  if (mode == "counts") {
    return toned(fmt::format("row counts agree{}", so_far), tone, style) +
           fmt::format(" {}; contents were not compared", compared);
  }
  return partial ? "copied in part, not verified" : "copied, not verified";
}

std::string afterthoughts(const json& report, const Style& style) {
  std::string text;
  const std::size_t left_out = list_of(report, "left_out").size();
  if (left_out > 0) {
    const bool copy = report.value("verb", "") == "copy";
    text += toned(copy ? "the copy is partial:" : "incomplete:", Tone::careful, style) +
            fmt::format(" {} left out\n", show_count(left_out, "object was", "objects were"));
  }
  if (report.contains("verification")) {
    const std::size_t noted = list_of(report["verification"], "notes").size();
    if (noted > 0) text += show_count(noted, "thing was", "things were") + " noted; see above\n";
  }
  std::size_t warnings = 0;
  for (const json& finding : list_of(report, "findings")) {
    if (finding.value("severity", "") == "warning") ++warnings;
  }
  if (warnings > 0) text += fmt::format("finished with {}\n", show_count(warnings, "warning", "warnings"));
  return text;
}

std::string headline(const json& report, const Style& style) {
  const bool copy = report.value("verb", "") == "copy";
  if (report.contains("read"))
    return fmt::format("Read {}, and kept nothing\n\n", end_text(report, "source", style));
  if (!report.contains("target")) return fmt::format("Checked {}\n\n", end_text(report, "source", style));
  if (report.value("rehearsal", false)) {
    return fmt::format("Rehearsed the copy of {}\n{:>21} {}, in a database that was dropped\n\n",
                       end_text(report, "source", style), "to", end_text(report, "target", style));
  }
  if (report.contains("sync")) {
    const bool planned = report["sync"].value("planned", false);
    return fmt::format("{} {}\n{:>{}} {}\n\n", planned ? "Compared" : "Synced",
                       end_text(report, "target", style), "with", planned ? 8 : 6,
                       end_text(report, "source", style));
  }
  return fmt::format("{} {}\n{:>{}} {}\n\n", copy ? "Copied" : "Compared", end_text(report, "source", style),
                     copy ? "to" : "with", copy ? 6 : 8, end_text(report, "target", style));
}

/// Renders what was written to bring a copy up to date, or would be.
std::string synced(const json& report, const SummaryLayout& layout) {
  if (!report.contains("sync")) return {};
  using Side = TextTable::Side;
  const json& sync = report["sync"];
  TextTable table({{sync.value("planned", false) ? "to be written" : "written"},
                   {"inserted", Side::right},
                   {"updated", Side::right},
                   {"deleted", Side::right},
                   {"bytes", Side::right}});
  for (const json& row : list_of(sync, "tables")) {
    const auto count = [&](const char* member) { return show_count(row.value(member, std::uint64_t{0})); };
    table.add({escape(row.value("object", ""), layout.style), count("inserted"), count("updated"),
               count("deleted"), show_bytes(row.value("bytes", 0.0))});
  }
  const auto sequences = sync.value("sequences", std::uint64_t{0});
  std::string text = table.empty() ? "\n  no table differs\n"
                                   : fmt::format("\n{}", table.text(layout.columns, layout.style));
  if (sequences > 0) text += fmt::format("  {} set\n", show_count(sequences, "sequence", "sequences"));
  return text;
}

}  // namespace

std::string summary_of(const json& report, const SummaryLayout& layout) {
  if (report.contains("abandoned")) return abandoned(report, layout.style);
  if (report.contains("finish")) return finished(report, layout.style);
  if (report.contains("standby") && !report.contains("error")) return prepared(report, layout.style);
  std::string text = headline(report, layout.style) + amounts(report);
  text += phases(report, layout) + downtime(report) + rate(report);
  if (layout.every_table) text += tables(report, layout);
  text += synced(report, layout) + left_out_text(report, layout.style);
  const bool planned = report.value("status", "") == "planned";
  if (planned) return text;
  text += differences(report, layout.style) + notes(report, layout.style);
  return text + "\n" + verdict(report, layout.style) + "\n" + afterthoughts(report, layout.style);
}

}  // namespace pghaul::command
