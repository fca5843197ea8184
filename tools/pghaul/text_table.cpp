#include "text_table.h"

#include <algorithm>
#include <numeric>

#include "columns.h"

namespace pghaul::command {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestFirst = 12;

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  std::vector<std::string> headers;
  for (const Column& column : columns_) headers.push_back(column.header);
  add(std::move(headers));
}

void TextTable::add(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(std::size_t columns, const Style& style) const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  if (style.terminal) {
    const std::size_t others = std::accumulate(widths.begin() + 1, widths.end(), kGap * widths.size());
    const std::size_t left = columns > others ? columns - others : 0;
    widths.front() = std::min(widths.front(), std::max(left, kNarrowestFirst));
  }

  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = i == 0 ? cut(row[i], widths[i], style) : row[i];
      line += std::string(kGap, ' ');
      line += columns_[i].side == Side::left ? to_the_left(cell, widths[i]) : to_the_right(cell, widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += (&row == &rows_.front() ? toned(line, Tone::faint, style) : line) + "\n";
  }
  return text;
}

}  // namespace pghaul::command
