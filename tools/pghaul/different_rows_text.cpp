#include "different_rows_text.h"

#include <fmt/format.h>

#include "escape.h"
#include "quantities.h"
#include "report_pieces.h"

namespace pghaul::command {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestValue = 40;  // characters, about

std::string value_text(const json& value, const Style& style) {
  if (value.is_null()) return "NULL";
  std::string text = escape(value.get<std::string>(), style);
  if (text.size() <= kLongestValue) return text;
  std::size_t end = kLongestValue;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

/// Renders "id=7": the key, or where there is none, all values.
std::string name_of(const json& row, const Style& style) {
  std::string text;
  const auto add = [&](const std::string& column, const json& value) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", escape(column, style), value_text(value, style));
  };
  for (const auto& [column, value] : row["key"].items()) add(column, value);
  if (!text.empty()) return text;
  for (const auto& [column, sides] : row["columns"].items()) {
    add(column, sides.contains("source") ? sides["source"] : sides["target"]);
  }
  return text;
}

std::string changes_of(const json& row, const Style& style) {
  std::string text;
  for (const auto& [column, sides] : row["columns"].items()) {
    text += fmt::format("{}{}: {} | {}", text.empty() ? "" : ", ", escape(column, style),
                        value_text(sides.value("source", json()), style),
                        value_text(sides.value("target", json()), style));
  }
  return text;
}

std::string counts_of(const json& table) {
  std::string text;
  for (const char* kind : {"missing", "extra", "changed"}) {
    const auto count = table.value(kind, std::uint64_t{0});
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", show_count(count), kind);
  }
  return text.empty() ? "no row was found that differs" : text;
}

}  // namespace

std::string different_rows_text(const json& verification, const Style& style) {
  const json& tables = list_of(verification, "different_rows");
  if (tables.empty()) return {};
  std::string text =
      "\n  rows (missing on the target, extra there, changed: the source's value | the target's)\n";
  for (const json& table : tables) {
    const std::string object = escape(table.value("object", ""), style);
    if (table.contains("unnamed")) {
      text += fmt::format("    {}: not named: {}\n", object, escape(table.value("unnamed", ""), style));
      continue;
    }
    text += fmt::format("    {}: {}\n", object, counts_of(table));
    for (const json& row : list_of(table, "rows")) {
      const std::string kind = row.value("kind", "");
      text += fmt::format("      {:<8} {}", kind, name_of(row, style));
      text += kind == "changed" ? "  " + changes_of(row, style) + "\n" : "\n";
    }
  }
  return text;
}

}  // namespace pghaul::command
