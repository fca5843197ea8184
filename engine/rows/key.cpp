#include "rows/key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "postgres/quote.h"

namespace pghaul::rows {
namespace {

enum class Order { signed_number, bytes, text };

struct KnownType {
  catalog::Oid oid;
  Order order;
  const char* send;
};

/// Types whose binary form sorts as their values do, once a sign is turned.
/// Source  PostgreSQL's src/include/catalog/pg_type.dat.
constexpr std::array kKnownTypes{KnownType{20, Order::signed_number, "int8send"},
                                 KnownType{21, Order::signed_number, "int2send"},
                                 KnownType{23, Order::signed_number, "int4send"},
                                 KnownType{26, Order::bytes, "oidsend"},
                                 KnownType{2950, Order::bytes, "uuid_send"},
                                 KnownType{1082, Order::signed_number, "date_send"},
                                 KnownType{1114, Order::signed_number, "timestamp_send"},
                                 KnownType{1184, Order::signed_number, "timestamptz_send"},
                                 KnownType{25, Order::text, "textsend"},
                                 KnownType{1043, Order::text, "varcharsend"}};

const KnownType* known(catalog::Oid type) {
  const auto* const found = std::ranges::find(kKnownTypes, type, &KnownType::oid);
  return found == kKnownTypes.end() ? nullptr : found;
}

bool is_orderly(const catalog::UniqueKey::Column& column, bool same_encoding) {
  const KnownType* const type = known(column.type);
  return type != nullptr && column.by_bytes && (type->order != Order::text || same_encoding);
}

/// Returns the key, if the columns are copied.
std::optional<Key> key_of(const std::vector<catalog::Column>& copied, const catalog::UniqueKey& unique) {
  Key key;
  for (const catalog::UniqueKey::Column& column : unique.columns) {
    const auto found = std::ranges::find(copied, column.name, &catalog::Column::name);
    if (found == copied.end()) return std::nullopt;
    key.columns.push_back({column.name, column.type, static_cast<std::uint32_t>(found - copied.begin())});
  }
  return key;
}

bool same_columns(const catalog::UniqueKey& one, const catalog::UniqueKey& other) {
  return std::ranges::equal(one.columns, other.columns, {}, &catalog::UniqueKey::Column::name,
                            &catalog::UniqueKey::Column::name);
}

}  // namespace

Key choose_key(const catalog::Relation& table, const UniqueKeys& source, const UniqueKeys& target,
               bool same_encoding) {
  const auto here = source.find(table.name);
  const auto there = target.find(table.name);
  if (here == source.end() || there == target.end()) return {};
  const std::vector<catalog::Column> copied = copied_columns(table);
  const auto orderly = [&](const auto& column) { return is_orderly(column, same_encoding); };
  std::optional<Key> first;
  for (const catalog::UniqueKey& unique : here->second) {
    const auto twin = std::ranges::find_if(
        there->second, [&](const catalog::UniqueKey& one) { return same_columns(unique, one); });
    if (twin == there->second.end()) continue;
    std::optional<Key> key = key_of(copied, unique);
    if (!key) continue;
    key->by_range =
        std::ranges::all_of(unique.columns, orderly) && std::ranges::all_of(twin->columns, orderly);
    if (key->by_range) return *key;
    if (!first) first = std::move(key);
  }
  return first.value_or(Key{});
}

std::vector<catalog::Column> copied_columns(const catalog::Relation& table) {
  std::vector<catalog::Column> columns = table.columns;
  std::erase_if(columns, [](const catalog::Column& column) { return column.generated; });
  return columns;
}

std::string binary_form_sql(const Key::Column& column) {
  const KnownType* const type = known(column.type);
  return fmt::format("pg_catalog.encode(pg_catalog.{}({}), 'hex')", type->send, postgres::quote(column.name));
}

void append_sortable(catalog::Oid type, std::string_view value, std::string& bytes) {
  const KnownType* const known_type = known(type);
  const std::size_t start = bytes.size();
  bytes += value;
  if (known_type->order == Order::signed_number && !value.empty()) {
    bytes[start] = static_cast<char>(static_cast<unsigned char>(bytes[start]) ^ 0x80U);
  }
  if (known_type->order == Order::text) bytes += '\0';  // which no text has in it
}

}  // namespace pghaul::rows
