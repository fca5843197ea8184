#include "rows/pair_rows.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>

#include "rows/fields.h"

namespace pghaul::rows {
namespace {

using Kind = Difference::Kind;

void sort(std::vector<FetchedRow>& rows) {
  std::ranges::sort(rows, [](const FetchedRow& one, const FetchedRow& other) {
    return std::tie(one.key, one.row, one.place.relation, one.place.block, one.place.line) <
           std::tie(other.key, other.row, other.place.relation, other.place.block, other.place.line);
  });
}

/// Takes the rows of the first key off.
std::span<const FetchedRow> take(std::span<const FetchedRow>& rows, const std::string& key) {
  std::size_t count = 0;
  while (count < rows.size() && rows[count].key == key) ++count;
  const std::span<const FetchedRow> taken = rows.first(count);
  rows = rows.subspan(count);
  return taken;
}

/// Returns those rows, in order, that the other side does not have; both are in order.
std::vector<const FetchedRow*> without_equal(std::span<const FetchedRow> rows,
                                             std::span<const FetchedRow> other) {
  std::vector<const FetchedRow*> left;
  std::size_t at = 0;
  for (const FetchedRow& row : rows) {
    while (at < other.size() && other[at].row < row.row) ++at;
    if (at < other.size() && other[at].row == row.row) {
      ++at;
    } else {
      left.push_back(&row);
    }
  }
  return left;
}

std::vector<std::uint32_t> different_columns(const FetchedRow& source, const FetchedRow& target,
                                             postgres::CopyFormat format) {
  std::vector<std::string_view> here;
  std::vector<std::string_view> there;
  split(source.row, format, here);
  split(target.row, format, there);
  std::vector<std::uint32_t> columns;
  for (std::uint32_t i = 0; i < std::max(here.size(), there.size()); ++i) {
    if (i >= here.size() || i >= there.size() || here[i] != there[i]) columns.push_back(i);
  }
  return columns;
}

}  // namespace

std::vector<Difference> pair_rows(std::vector<FetchedRow> source, std::vector<FetchedRow> target,
                                  postgres::CopyFormat format) {
  sort(source);
  sort(target);
  std::vector<Difference> differences;
  std::span<const FetchedRow> here(source);
  std::span<const FetchedRow> there(target);
  while (!here.empty() || !there.empty()) {
    const bool from_source = there.empty() || (!here.empty() && here.front().key <= there.front().key);
    const std::string key = (from_source ? here : there).front().key;
    const std::span<const FetchedRow> of_source = take(here, key);
    const std::span<const FetchedRow> of_target = take(there, key);
    const std::vector<const FetchedRow*> missing = without_equal(of_source, of_target);
    const std::vector<const FetchedRow*> extra = without_equal(of_target, of_source);
    const std::size_t pairs = std::min(missing.size(), extra.size());
    for (std::size_t i = 0; i < pairs; ++i) {
      differences.push_back({Kind::changed, missing[i]->place, extra[i]->place,
                             different_columns(*missing[i], *extra[i], format), missing[i]->row.size()});
    }
    for (std::size_t i = pairs; i < missing.size(); ++i)
      differences.push_back({Kind::missing, missing[i]->place, {}, {}, missing[i]->row.size()});
    for (std::size_t i = pairs; i < extra.size(); ++i)
      differences.push_back({Kind::extra, {}, extra[i]->place, {}, 0});
  }
  return differences;
}

}  // namespace pghaul::rows
