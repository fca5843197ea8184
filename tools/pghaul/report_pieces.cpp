#include "report_pieces.h"

#include <fmt/format.h>

#include "escape.h"
#include "quantities.h"

namespace pghaul::command {

std::string end_text(const nlohmann::json& report, const char* end, const Style& style) {
  const nlohmann::json& side = report.contains(end) ? report[end] : nlohmann::json::object();
  std::string text = escape(side.value("description", side.value("database", end)), style);
  if (!side.value("server_version", "").empty()) {
    text += fmt::format(" (PostgreSQL {})", escape(side.value("server_version", ""), style));
  }
  return text;
}

std::string table_name(const nlohmann::json& table, const Style& style) {
  return escape(table.value("schema", "") + "." + table.value("name", ""), style);
}

const nlohmann::json& list_of(const nlohmann::json& report, const char* name) {
  static const nlohmann::json kNothing = nlohmann::json::array();
  return report.contains(name) ? report[name] : kNothing;
}

std::string carried_statistics(const nlohmann::json& report) {
  const auto tables = [&](const char* how) {
    return report.value(nlohmann::json::json_pointer(std::string("/statistics/") + how), std::uint64_t{0});
  };
  if (tables("carried") == 0) return {};
  std::string text = "carried over for " + show_count(tables("carried"), "table", "tables");
  if (tables("analyzed") > 0) text += ", gathered anew for " + show_count(tables("analyzed"));
  return text;
}

std::string forecast_text(const nlohmann::json& report) {
  if (!report.contains("forecast")) return {};
  const nlohmann::json& forecast = report["forecast"];
  return fmt::format("{} ({})", show_seconds(forecast.value("likely", 0.0)),
                     show_range(forecast.value("low", 0.0), forecast.value("high", 0.0)));
}

std::string left_out_text(const nlohmann::json& report, const Style& style) {
  const nlohmann::json& objects = list_of(report, "left_out");
  if (objects.empty()) return {};
  std::string text = "\n  left out\n";
  for (const nlohmann::json& left : objects) {
    text += fmt::format("    {}: {}\n", escape(left.value("object", ""), style),
                        escape(left.value("reason", ""), style));
  }
  return text;
}

}  // namespace pghaul::command
