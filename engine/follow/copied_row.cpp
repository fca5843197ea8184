#include "follow/copied_row.h"

#include <cstring>
#include <new>
#include <string_view>

namespace pghaul::follow {

using changes::Row;
using changes::Value;

Row copied_row(Row row, std::pmr::memory_resource& memory, std::size_t& bytes) {
  if (row.empty()) return {};
  std::size_t text_bytes = 0;
  for (const Value& value : row) text_bytes += value.text.size();
  auto* const values =
      static_cast<Value*>(memory.allocate(row.size() * sizeof(Value) + text_bytes, alignof(Value)));
  auto* text = reinterpret_cast<char*>(values + row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string_view from = row[i].text;
    if (!from.empty()) std::memcpy(text, from.data(), from.size());
    new (&values[i]) Value{.kind = row[i].kind, .text = {text, from.size()}};
    text += from.size();
  }
  bytes += row.size() * sizeof(Value) + text_bytes;
  return {values, row.size()};
}

}  // namespace pghaul::follow
