#include "whole_server_text.h"

#include <fmt/format.h>

#include "escape.h"
#include "quantities.h"
#include "report_pieces.h"
#include "text_table.h"

namespace pghaul::command {
namespace {

using nlohmann::json;

double sum_of_tables(const json& report, const char* member) {
  double sum = 0;
  for (const json& table : list_of(report, "tables")) sum += table.value(member, 0.0);
  return sum;
}

const json& report_of(const json& database) {
  static const json kNothing = json::object();
  return database.contains("report") ? database["report"] : kNothing;
}

double seconds_of(const json& report) {
  return report.value("verb", "") == "plan" ? report.value("predicted_seconds", 0.0)
                                            : report.value("seconds", 0.0);
}

std::string table(const json& report, const SummaryLayout& layout) {
  using Side = TextTable::Side;
  TextTable table({{"database"},
                   {"result"},
                   {"rows", Side::right},
                   {"bytes", Side::right},
                   {"workers", Side::right},
                   {"takes", Side::right}});
  for (const json& database : list_of(report, "databases")) {
    const json& one = report_of(database);
    const std::string partial = one.value("partial", false) ? ", partial" : "";
    table.add({escape(database.value("name", ""), layout.style),
               escape(one.value("status", ""), layout.style) + partial,
               show_count(static_cast<std::uint64_t>(sum_of_tables(one, "rows"))),
               show_bytes(sum_of_tables(one, "bytes")),
               show_count(one.value("/resources/jobs"_json_pointer, std::uint64_t{0})),
               show_seconds(seconds_of(one))});
  }
  return table.text(layout.columns, layout.style);
}

/// Renders what each run names: what it left out, what stands in its way, where it differs.
std::string details(const json& report, const Style& style) {
  std::string text;
  for (const json& database : list_of(report, "databases")) {
    const json& one = report_of(database);
    std::string lines;
    const auto add = [&](const char* kind, const std::string& what, const std::string& why) {
      lines += fmt::format("    {}: {}{}{}\n", kind, escape(what, style),
                           what.empty() || why.empty() ? "" : ": ", escape(why, style));
    };
    for (const json& left : list_of(one, "left_out")) {
      add("left out", left.value("object", ""), left.value("reason", ""));
    }
    for (const json& finding : list_of(one, "findings")) {
      add(finding.value("severity", "") == "refusal" ? "refusal" : "warning", finding.value("message", ""),
          finding.value("hint", ""));
    }
    const json verification = one.value("verification", json::object());
    for (const json& mismatch : list_of(verification, "mismatches")) {
      add("different", mismatch.value("object", ""), mismatch.value("message", ""));
    }
    if (!lines.empty()) text += fmt::format("\n  {}\n{}", escape(database.value("name", ""), style), lines);
  }
  return text;
}

std::string verdict(const json& report, const Style& style) {
  const std::string of = show_count(list_of(report, "databases").size(), "database", "databases");
  std::size_t failed = 0;
  for (const json& database : list_of(report, "databases")) {
    if (database.value("exit_status", 0) != 0) ++failed;
  }
  if (failed > 0) return toned(fmt::format("{} of {} failed", failed, of), Tone::bad, style);
  const bool partial = report.value("partial", false);
  return toned(report.value("status", "") + (partial ? ", but partial" : ""),
               partial ? Tone::careful : Tone::good, style) +
         ": " + of;
}

}  // namespace

bool is_of_whole_server(const json& report) {
  return report.contains("databases");
}

std::string whole_server_text(const json& report, const SummaryLayout& layout) {
  const std::string verb = report.value("verb", "");
  const std::string done = verb == "copy" ? "Copied" : verb == "verify" ? "Compared" : "Copying";
  const std::string to = verb == "verify" ? "with" : "to";
  std::string text = fmt::format("{} all databases of the server of {}\n{:>{}} that of {}\n\n", done,
                                 end_text(report, "source", layout.style), to, done.size(),
                                 end_text(report, "target", layout.style));
  text += table(report, layout);
  if (report.contains("downtime")) {
    text += fmt::format("\n  downtime        {}\n",
                        show_seconds(report.value("/downtime/seconds"_json_pointer, 0.0)));
  }
  text += left_out_text(report, layout.style) + details(report, layout.style);
  return text + "\n" + verdict(report, layout.style) + "\n";
}

}  // namespace pghaul::command
