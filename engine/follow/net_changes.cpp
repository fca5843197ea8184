#include "follow/net_changes.h"

#include <algorithm>
#include <utility>

namespace pghaul::follow {

using changes::Identity;
using changes::OldRow;
using changes::Relation;
using changes::Row;
using changes::Value;

namespace {

bool has_key(const Relation& relation) {
  const bool by_columns = relation.identity == Identity::primary_key || relation.identity == Identity::index;
  return by_columns && std::ranges::any_of(relation.columns, &changes::Column::in_identity);
}

bool leaves_values_out(Row row) {
  return std::ranges::any_of(row, [](const Value& value) { return value.kind == Value::Kind::unchanged; });
}

}  // namespace

bool NetChanges::add(const changes::Insert& insert) {
  if (leaves_values_out(insert.row)) return false;
  const bool keyed = has_key(*insert.relation);
  const std::string_view key = keyed ? this->key(*insert.relation, insert.row) : std::string_view();
  if (keyed && key.empty()) return false;
  Rows& table = rows_of(*insert.relation);
  const auto known = keyed ? table.by_key.find(key) : table.by_key.end();
  if (known == table.by_key.end()) {
    table.rows.push_back({.exists = true, .old = {}, .row = insert.row});
    if (keyed) table.by_key.emplace(key, &table.rows.back());
    return true;
  }
  NetRow& row = *known->second;
  if (row.exists) return false;
  row.exists = true;
  row.row = insert.row;
  return true;
}

bool NetChanges::add(const changes::Update& update) {
  if (update.old_kind != OldRow::none || !has_key(*update.relation)) return false;
  const std::string_view key = this->key(*update.relation, update.row);
  if (key.empty()) return false;
  Rows& table = rows_of(*update.relation);
  const auto known = table.by_key.find(key);
  if (known == table.by_key.end()) {
    table.rows.push_back({.existed = true, .exists = true, .old = {}, .row = update.row});
    table.by_key.emplace(key, &table.rows.back());
    return true;
  }
  NetRow& row = *known->second;
  if (!row.exists) return false;
  row.row = merge(row.row, update.row);
  return true;
}

bool NetChanges::add(const changes::Delete& removed) {
  if (removed.old_kind != OldRow::key || !has_key(*removed.relation)) return false;
  const std::string_view key = this->key(*removed.relation, removed.old);
  if (key.empty()) return false;
  Rows& table = rows_of(*removed.relation);
  const auto known = table.by_key.find(key);
  if (known == table.by_key.end()) {
    table.rows.push_back({.existed = true, .removed = true, .old = removed.old, .row = {}});
    table.by_key.emplace(key, &table.rows.back());
    return true;
  }
  NetRow& row = *known->second;
  if (!row.exists) return false;
  row.exists = false;
  row.removed = row.existed;
  row.old = removed.old;
  return true;
}

NetChanges::Table NetChanges::take(const Relation& relation) {
  const auto known = tables_.find(&relation);
  if (known == tables_.end()) return {.relation = &relation, .removed = {}, .updated = {}, .inserted = {}};
  Table table = sum_up(relation, known->second);
  tables_.erase(known);
  std::erase(order_, &relation);
  return table;
}

std::vector<NetChanges::Table> NetChanges::take_all() {
  std::vector<Table> all;
  for (const Relation* relation : order_) all.push_back(sum_up(*relation, tables_[relation]));
  tables_.clear();
  order_.clear();
  return all;
}

NetChanges::Table NetChanges::sum_up(const Relation& relation, const Rows& rows) {
  Table table{.relation = &relation, .removed = {}, .updated = {}, .inserted = {}};
  for (const NetRow& row : rows.rows) {
    if (row.removed) table.removed.push_back(row.old);
    if (!row.exists) continue;
    (row.existed && !row.removed ? table.updated : table.inserted).push_back(row.row);
  }
  return table;
}

NetChanges::Rows& NetChanges::rows_of(const Relation& relation) {
  const auto [place, is_new] = tables_.try_emplace(&relation);
  if (is_new) order_.push_back(&relation);
  return place->second;
}

std::string_view NetChanges::key(const Relation& relation, Row row) {
  const Value* only = nullptr;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!relation.columns[i].in_identity) continue;
    if (row[i].kind != Value::Kind::text) return {};
    only = &row[i];
    ++columns;
  }
  if (columns == 1 && !only->text.empty()) return only->text;
  std::string& key = keys_.emplace_back("k");  // an empty text is a key, too
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (relation.columns[i].in_identity) key.append(row[i].text).push_back('\0');  // no text has a zero byte
  }
  return key;
}

Row NetChanges::merge(Row earlier, Row row) {
  if (!leaves_values_out(row)) return row;
  std::vector<Value>& merged = merged_.emplace_back(row.begin(), row.end());
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (merged[i].kind == Value::Kind::unchanged) merged[i] = earlier[i];
  }
  return merged;
}

}  // namespace pghaul::follow
