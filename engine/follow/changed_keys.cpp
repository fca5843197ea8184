#include "follow/changed_keys.h"

#include <algorithm>
#include <utility>

#include "changes/visit.h"

namespace pghaul::follow {
namespace {

using changes::Begin;
using changes::Commit;
using changes::Delete;
using changes::Description;
using changes::Emitted;
using changes::Identity;
using changes::Insert;
using changes::OneOf;
using changes::Origin;
using changes::Relation;
using changes::Row;
using changes::Truncate;
using changes::Type;
using changes::Update;
using changes::Value;

/// Estimates what a key takes beside its text.
constexpr std::size_t kBytesOfEntry = 64;

/// Returns the columns of the identity; none: rows are not found by a key.
std::vector<std::string> key_columns(const changes::Relation& relation) {
  std::vector<std::string> columns;
  if (relation.identity != Identity::primary_key && relation.identity != Identity::index) return columns;
  for (const changes::Column& column : relation.columns) {
    if (column.in_identity) columns.emplace_back(column.name);
  }
  return columns;
}

}  // namespace

std::size_t TableKeys::add(std::string_view key) {
  if (whole() || rows_->keys.contains(key)) return 0;
  auto* const text = static_cast<char*>(rows_->memory.allocate(key.size(), 1));
  std::ranges::copy(key, text);
  rows_->keys.emplace(text, key.size());
  bytes_ += key.size() + kBytesOfEntry;
  return key.size() + kBytesOfEntry;
}

void TableKeys::add_all() {
  rows_.reset();
  columns_.clear();
  bytes_ = 0;
}

void TableKeys::add(const TableKeys& other) {
  if (whole()) return;
  if (other.columns_ != columns_) return add_all();
  for (const std::string_view key : other.rows_->keys) add(key);
}

std::vector<std::string_view> TableKeys::split(std::string_view key) {
  std::vector<std::string_view> values;
  while (!key.empty()) {
    const std::size_t end = key.find('\0');
    values.push_back(key.substr(0, end));
    key.remove_prefix(end + 1);
  }
  return values;
}

std::vector<std::uint32_t> ChangedKeys::note(const changes::Message& message) {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint32_t> first;
  changes::visit(
      message,
      [&](const OneOf<Insert, Update, Delete> auto& change) {
        if (note_change(change)) first.push_back(change.relation->oid);
      },
      [&](const Truncate& truncate) {
        for (const Relation* relation : truncate.relations) {
          if (note_all_of(*relation)) first.push_back(relation->oid);
        }
      },
      [](const OneOf<Begin, Commit, Description, Origin, Type, Emitted> auto&) {});
  if (bytes_ > most_bytes_) keep_to_limit();
  return first;
}

/// Notes that any of the table's rows may have changed. Tells whether the table has to be recorded.
bool ChangedKeys::note_all_of(const changes::Relation& relation) {
  Noted& noted = this->noted(relation);
  bytes_ -= noted.keys.bytes();
  noted.keys.add_all();
  return !noted.recorded;
}

/// Tells whether the table has to be recorded.
template <typename Change>
bool ChangedKeys::note_change(const Change& change) {
  Noted& noted = this->noted(*change.relation);
  if (!noted.keys.whole()) {
    if constexpr (requires { change.row; }) {
      Row old;
      if constexpr (requires { change.old; }) old = change.old;
      add_key(*change.relation, noted, change.row, old);
    }
    if constexpr (requires { change.old; }) {
      if (!change.old.empty() && !noted.keys.whole()) add_key(*change.relation, noted, change.old, {});
    }
  }
  return !noted.recorded;
}

ChangedKeys::Noted& ChangedKeys::noted(const changes::Relation& relation) {
  const auto known = noted_.find(relation.oid);
  if (known != noted_.end()) return known->second;
  return noted_.emplace(relation.oid, Noted{.keys = TableKeys(key_columns(relation))}).first->second;
}

/// Adds the key of `row`; what that leaves unchanged is in `old`.
void ChangedKeys::add_key(const changes::Relation& relation, Noted& noted, Row row, Row old) {
  key_.clear();
  std::size_t columns = 0;
  for (std::size_t i = 0; i < row.size() && i < relation.columns.size(); ++i) {
    if (!relation.columns[i].in_identity) continue;
    const Value& value = row[i].kind == Value::Kind::unchanged && i < old.size() ? old[i] : row[i];
    const bool same =
        columns < noted.keys.columns().size() && noted.keys.columns()[columns] == relation.columns[i].name;
    if (value.kind != Value::Kind::text || !same) break;
    key_.append(value.text).push_back('\0');
    ++columns;
  }
  if (columns == noted.keys.columns().size()) {
    const std::size_t more = noted.keys.add(key_);
    bytes_ += more;
    if (more > 0) count_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  bytes_ -= noted.keys.bytes();
  noted.keys.add_all();
}

void ChangedKeys::set_recorded(std::uint32_t table) {
  const std::lock_guard lock(mutex_);
  const auto known = noted_.find(table);
  if (known != noted_.end()) known->second.recorded = true;
}

void ChangedKeys::note_whole(std::uint32_t table) {
  const std::lock_guard lock(mutex_);
  Noted& noted = noted_.try_emplace(table, Noted{.keys = TableKeys({})}).first->second;
  bytes_ -= noted.keys.bytes();
  noted.keys.add_all();
  noted.recorded = true;
}

void ChangedKeys::cut() {
  const std::lock_guard lock(mutex_);
  for (auto& [table, noted] : noted_) {
    bytes_ -= noted.keys.bytes();
    const auto due = due_.find(table);
    if (due == due_.end()) {
      bytes_ += noted.keys.bytes();
      due_.emplace(table, std::move(noted.keys));
      continue;
    }
    bytes_ -= due->second.bytes();
    due->second.add(noted.keys);
    bytes_ += due->second.bytes();
  }
  noted_.clear();
  count_ = 0;
}

void ChangedKeys::add_due(std::uint32_t table, TableKeys keys) {
  const std::lock_guard lock(mutex_);
  const auto due = due_.find(table);
  if (due == due_.end()) {
    bytes_ += keys.bytes();
    due_.emplace(table, std::move(keys));
    return;
  }
  bytes_ -= due->second.bytes();
  due->second.add(keys);
  bytes_ += due->second.bytes();
}

ChangedKeys::Tables ChangedKeys::take_due() {
  const std::lock_guard lock(mutex_);
  for (const auto& [table, keys] : due_) bytes_ -= keys.bytes();
  return std::exchange(due_, {});
}

void ChangedKeys::keep_to_limit() {
  TableKeys* largest = nullptr;
  const auto consider = [&](TableKeys& keys) {
    if (largest == nullptr || keys.bytes() > largest->bytes()) largest = &keys;
  };
  for (auto& [table, noted] : noted_) consider(noted.keys);
  for (auto& [table, keys] : due_) consider(keys);
  bytes_ -= largest->bytes();
  largest->add_all();
}

}  // namespace pghaul::follow
