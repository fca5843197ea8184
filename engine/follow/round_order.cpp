#include "follow/round_order.h"

#include <algorithm>

namespace pghaul::follow {

RoundOrder order_round(const std::vector<DueTable>& due, const std::vector<std::uint32_t>& waiting,
                       std::int64_t most_bytes) {
  std::vector<DueTable> tables = due;
  std::ranges::stable_sort(tables, {}, [&](const DueTable& table) {
    if (!table.whole) return waiting.begin() - waiting.end() - 1;  // before all others
    return std::ranges::find(waiting, table.table) - waiting.end();
  });
  RoundOrder order;
  std::int64_t bytes = 0;
  for (const DueTable& table : tables) {
    if (!table.whole) {
      order.compared.push_back(table.table);
    } else if (table.bytes > most_bytes) {
      order.too_large.push_back(table.table);
    } else if (!order.waiting.empty() || bytes + table.bytes > most_bytes) {
      order.waiting.push_back(table.table);
    } else {
      bytes += table.bytes;
      order.compared.push_back(table.table);
    }
  }
  return order;
}

}  // namespace pghaul::follow
