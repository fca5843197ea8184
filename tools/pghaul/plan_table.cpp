#include "plan_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "escape.h"
#include "quantities.h"
#include "report_pieces.h"
#include "text_table.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

constexpr std::size_t kTablesShown = 20;

std::vector<json> largest_first(const json& tables) {
  std::vector<json> sorted(tables.begin(), tables.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const json& a, const json& b) {
    return a.value("bytes", 0.0) > b.value("bytes", 0.0);
  });
  return sorted;
}

std::string table_rows(const json& report, const SummaryLayout& layout) {
  using Side = TextTable::Side;
  const std::vector<json> tables = largest_first(list_of(report, "tables"));
  if (tables.empty()) return {};
  const std::size_t shown = layout.every_table ? tables.size() : std::min(kTablesShown, tables.size());
  TextTable text({{"table"},
                  {"~rows", Side::right},
                  {"on disk", Side::right},
                  {"format"},
                  {"parts", Side::right},
                  {"takes", Side::right}});
  for (std::size_t i = 0; i < shown; ++i) {
    const json& table = tables[i];
    text.add({table_name(table, layout.style), show_count(table.value("rows", std::uint64_t{0})),
              show_bytes(table.value("bytes", 0.0)), escape(table.value("format", ""), layout.style),
              show_count(table.value("chunks", std::uint64_t{1})),
              show_seconds(table.value("seconds", 0.0))});
  }
  std::string rest;
  if (shown < tables.size()) {
    rest = fmt::format("  and {} (--verbose lists all)\n",
                       show_count(tables.size() - shown, "smaller table", "smaller tables"));
  }
  return text.text(layout.columns, layout.style) + rest + "\n";
}

std::string totals(const json& report) {
  struct Kind {
    const char* member;
    const char* one;
    const char* many;
  };
  std::vector<std::string> parts{show_count(list_of(report, "tables").size(), "table", "tables")};
  for (const Kind& kind : {Kind{"indexes", "index", "indexes"}, Kind{"keys", "key", "keys"},
                           Kind{"foreign_keys", "foreign key", "foreign keys"},
                           Kind{"materialized_views", "materialized view", "materialized views"},
                           Kind{"sequences", "sequence", "sequences"}}) {
    const auto count = report.value(kind.member, std::uint64_t{0});
    if (count > 0) parts.push_back(show_count(count, kind.one, kind.many));
  }
  const auto objects = report.value("/large_objects/count"_json_pointer, std::uint64_t{0});
  if (objects > 0) parts.push_back(show_count(objects, "large object", "large objects"));

  std::string text;
  std::string line = " ";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string part = " " + parts[i] + (i + 1 < parts.size() ? "," : "");
    if (line.size() + part.size() > 78) text += std::exchange(line, " ") + "\n";
    line += part;
  }
  return text + line + "\n";
}

/// Renders how tables get their statistics, where the target can be given the source's; otherwise there is no
/// choice.
std::string statistics(const json& report) {
  const std::string carried = carried_statistics(report);
  return carried.empty() ? carried : "  statistics: " + carried + "\n";
}

/// Says why a forecast is much longer than it would be on idle servers.
std::string slowed(const json& report) {
  constexpr double kWorthSaying = 2;
  const double slowdown = report.value("/forecast/slowdown"_json_pointer, 1.0);
  if (slowdown < kWorthSaying) return {};
  return fmt::format("\n  busy or slow processors: {:.1f} times as long as on those of pghaul's rates",
                     slowdown);
}

std::string forecast(const json& report) {
  if (!report.contains("predicted_seconds")) return {};
  const std::string range = forecast_text(report);
  std::string text =
      "  forecast: " + (range.empty() ? show_seconds(report.value("predicted_seconds", 0.0)) : range);
  if (report.contains("jobs")) {
    text += " with " + show_count(report.value("jobs", std::uint64_t{0}), "worker", "workers");
  }
  if (range.empty()) return text + "\n";
  const auto past = report.value("/forecast/past_copies"_json_pointer, std::uint64_t{0});
  const bool rehearsed = report.value("/forecast/rehearsed"_json_pointer, false);
  return text +
         (rehearsed  ? ", by its rehearsal"
          : past > 0 ? ", by " + show_count(past, "earlier copy", "earlier copies") + " between these servers"
                     : "; no copy between these servers is known: pghaul estimate measures them") +
         slowed(report) + "\n";
}

std::string in_text_format(const json& report, const Style& style) {
  std::string text;
  for (const json& table : list_of(report, "tables")) {
    const std::string reason = table.value("reason", "");
    if (!reason.empty()) text += fmt::format("    {}: {}\n", table_name(table, style), escape(reason, style));
  }
  return text.empty() ? "" : "\n  not in binary\n" + text;
}

std::string findings(const json& report, const Style& style) {
  const json& all = list_of(report, "findings");
  if (all.empty()) return {};
  std::string text = "\n  findings\n";
  for (const json& finding : all) {
    const bool refusal = finding.value("severity", "") == "refusal";
    text += "    " + toned(refusal ? "refusal:" : "warning:", refusal ? Tone::bad : Tone::careful, style) +
            " " + escape(finding.value("message", ""), style) + "\n";
    const std::string hint = finding.value("hint", "");
    if (!hint.empty()) text += "      hint: " + escape(hint, style) + "\n";
  }
  return text;
}

/// Says what a live copy will do to its source.
std::string on_the_source(const json& report) {
  if (report.value("/settings/follow"_json_pointer, "") != "true") return {};
  return "\n  on the source, until pghaul abandon SOURCE TARGET removes them\n"
         "    schema pghaul_live; a publication and a replication slot, named pghaul_live_*\n"
         "    the slot keeps all WAL that the target has not received yet\n";
}

std::string headline(const json& report, const Style& style) {
  std::string text = "Copying " + end_text(report, "source", style) + "\n";
  if (report.contains("target")) text += "     to " + end_text(report, "target", style) + "\n";
  return text + "\n";
}

}  // namespace

std::string plan_text(const json& report, const SummaryLayout& layout) {
  // A refusal by a server, or of how it is reached, comes before there is a plan.
  if (!report.contains("source")) return {};
  return headline(report, layout.style) + table_rows(report, layout) + totals(report) + statistics(report) +
         forecast(report) + in_text_format(report, layout.style) + left_out_text(report, layout.style) +
         on_the_source(report) + findings(report, layout.style);
}

}  // namespace pghaul::command
