#include "rows/row_texts.h"

#include <fmt/format.h>

#include <map>

#include "postgres/quote.h"

namespace pghaul::rows {

std::string ctid_of(const Locator& place) {
  return fmt::format("({},{})", place.block, place.line);
}

std::string ctids_of(const std::vector<Locator>& places, catalog::Place relation) {
  std::string array;
  for (const Locator& place : places) {
    if (place.relation == relation) array += (array.empty() ? "\"" : ",\"") + ctid_of(place) + '"';
  }
  return "{" + array + "}";
}

Result<std::vector<RowText>> read_texts(postgres::Connection& server, const ComparedTable& table,
                                        const std::vector<Locator>& places) {
  std::vector<RowText> texts(places.size());
  for (const ComparedTable::Part& part : table.parts) {
    std::map<std::string, std::size_t, std::less<>> wanted;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i].relation == part.place) wanted[ctid_of(places[i])] = i;
    }
    if (wanted.empty()) continue;
    std::string columns = "ctid";
    for (const catalog::Column& column : copied_columns(*part.relation)) {
      columns += ", " + postgres::quote(column.name);
    }
    const Result<postgres::Rows> rows = server.query(fmt::format(
        "SELECT {} FROM ONLY {} WHERE ctid = ANY ('{}'::tid[])", columns,
        postgres::quote(part.relation->name.schema, part.relation->name.name), ctids_of(places, part.place)));
    if (!rows) return rows.error().during("reading rows of " + shown(part.relation->name));
    for (int row = 0; row < rows->size(); ++row) {
      const auto found = wanted.find(rows->text(row, 0));
      if (found == wanted.end()) continue;
      RowText& text = texts[found->second];
      for (std::size_t i = 0; i < copied_columns(*part.relation).size(); ++i) {
        const int column = static_cast<int>(i) + 1;
        text.push_back(rows->is_null(row, column) ? std::nullopt : std::optional(rows->string(row, column)));
      }
    }
  }
  return texts;
}

}  // namespace pghaul::rows
