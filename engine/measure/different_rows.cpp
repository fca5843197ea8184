#include "measure/different_rows.h"

#include "measure/different_rows_json.h"
#include "measure/json.h"

namespace pghaul::measure {
namespace {

using nlohmann::json;

json as_json(const DifferentRow::Side& side) {
  return side.value ? json(*side.value) : json(nullptr);
}

json as_json(const DifferentRow& row) {
  json key = json::object();
  for (const auto& [name, value] : row.key) key[name] = value;
  json columns = json::object();
  for (const DifferentRow::Column& column : row.columns) {
    json& values = columns[column.name] = json::object();
    if (column.source) values["source"] = as_json(*column.source);
    if (column.target) values["target"] = as_json(*column.target);
  }
  return {{"kind", row.kind}, {"key", std::move(key)}, {"columns", std::move(columns)}};
}

}  // namespace

std::string DifferentRow::to_json(const std::string& object) const {
  json row = as_json(*this);
  row["object"] = object;
  return as_text(row);
}

json as_json(const std::vector<DifferentRows>& tables) {
  json out = json::array();
  for (const DifferentRows& table : tables) {
    json one = {{"object", table.object}};
    if (!table.unnamed.empty()) {
      one["unnamed"] = table.unnamed;
    } else {
      one.update({{"missing", table.missing}, {"extra", table.extra}, {"changed", table.changed}});
      one["rows"] = json::array();
      for (const DifferentRow& row : table.rows) one["rows"].push_back(as_json(row));
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string shortened(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // within a character
  return text.substr(0, end) + "…";
}

}  // namespace pghaul::measure
