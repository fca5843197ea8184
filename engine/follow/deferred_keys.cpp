#include "follow/deferred_keys.h"

#include <algorithm>
#include <span>
#include <utility>

namespace pghaul::follow {
namespace {

using changes::Row;
using changes::Value;

constexpr std::size_t kMostKeys = 10'000;

bool has(Row row, std::span<const std::size_t> columns, Value::Kind kind) {
  return std::ranges::any_of(columns, [&](std::size_t column) { return row[column].kind == kind; });
}

std::string names_of(const FollowedTable& table, std::span<const std::size_t> columns) {
  std::string names;
  for (const std::size_t column : columns) {
    names += (names.empty() ? "(" : ", ") + table.relation.columns[column].name;
  }
  return names + ")";
}

}  // namespace

void DeferredKeys::note(FollowedTable& table, Row row) {
  const std::vector<TableStatements::DeferredKey>& keys = table.statements->deferred_keys();
  for (std::size_t number = 0; number < keys.size(); ++number) {
    const std::vector<std::size_t>& columns = keys[number].columns;
    if (has(row, columns, Value::Kind::null)) continue;  // which equals no other one
    Noted& noted = noted_[{&table, number}];
    if (noted.keys.size() >= kMostKeys || has(row, columns, Value::Kind::unchanged)) noted.all = true;
    if (noted.all) {
      noted.keys.clear();
      continue;
    }
    Values values;
    for (const std::size_t column : columns) values.emplace_back(row[column].text);
    noted.keys.insert(std::move(values));
  }
}

Status DeferredKeys::check(std::uint32_t xid) {
  for (const auto& [of, noted] : noted_) {
    // The transaction may have dropped the key since.
    if (of.second >= of.first->statements->deferred_keys().size()) continue;
    if (Status sent = check(xid, *of.first, of.second, noted); !sent) return sent;
  }
  noted_.clear();
  return {};
}

Status DeferredKeys::check(std::uint32_t xid, FollowedTable& table, std::size_t number, const Noted& noted) {
  const TableStatements::DeferredKey& key = table.statements->deferred_keys()[number];
  const std::string shape = (noted.all ? "all keys " : "key ") + std::to_string(number);
  const PreparedStatement* prepared = TargetSession::find(table, shape);
  if (prepared == nullptr) {
    const auto made =
        session_.prepare(table, shape, {.sql = noted.all ? key.find_any : key.find, .parameters = {}});
    if (!made) return fail(made.error());
    prepared = *made;
  }
  const auto execute = [&](const Values& values) {
    std::vector<const char*> parameters;
    std::string text = names_of(table, key.columns);
    for (const std::string& value : values) {
      text += (parameters.empty() ? " = (" : ", ") + value;
      parameters.push_back(value.c_str());
    }
    if (!values.empty()) text += ")";
    return session_.execute(
        *prepared, parameters,
        {.verb = "a deferrable key of", .table = &table, .xid = xid, .key = text, .rows = 0});
  };
  if (noted.all) return execute({});
  for (const Values& values : noted.keys) {
    if (Status sent = execute(values); !sent) return sent;
  }
  return {};
}

}  // namespace pghaul::follow
