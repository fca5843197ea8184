#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "changes/message.h"

namespace pghaul::follow {

/// The net effect of a run of changes on each row: at most one DELETE, UPDATE or INSERT of it, or a DELETE
/// and then an INSERT. Rows are distinguished by the texts of their identity's columns.
///
/// Applying all DELETEs of a table, then all UPDATEs, then all INSERTs leaves what the changes would leave in
/// their order, as far as nothing but the identity relates rows to each other. A unique value that moves from
/// one row to another may need the order.
///
/// Ownership  none of rows, texts and relations, which must outlive it.
/// Threads    one at a time.
class NetChanges {
 public:
  struct Table {
    const changes::Relation* relation = nullptr;
    std::vector<changes::Row> removed;   // old rows
    std::vector<changes::Row> updated;   // new rows; values that are unchanged stay as the target has them
    std::vector<changes::Row> inserted;  // whole rows
  };

  /// Each takes a change; false: it can't be merged, as it changes the identity or finds its row by all
  /// columns, or does not fit what came before it, which the changes so far have to go ahead of.
  [[nodiscard]] bool add(const changes::Insert& insert);
  [[nodiscard]] bool add(const changes::Update& update);
  [[nodiscard]] bool add(const changes::Delete& removed);

  /// Returns what the changes of `relation` amount to, and forgets them.
  [[nodiscard]] Table take(const changes::Relation& relation);
  /// Returns what all changes amount to, in the order in which tables were first changed, and forgets them.
  [[nodiscard]] std::vector<Table> take_all();

 private:
  struct NetRow {
    bool existed = false;  // before the first change
    bool removed = false;  // the row that existed
    bool exists = false;
    changes::Row old;  // of its DELETE
    changes::Row row;  // while it exists
  };
  struct Rows {
    std::deque<NetRow> rows;  // in the order of their first change
    std::unordered_map<std::string_view, NetRow*> by_key;
  };

  [[nodiscard]] Rows& rows_of(const changes::Relation& relation);
  /// Returns the identity's values of `row` as one text; an empty one where it lacks one.
  [[nodiscard]] std::string_view key(const changes::Relation& relation, changes::Row row);
  /// Returns `row` with what it leaves unchanged taken from `earlier`.
  [[nodiscard]] changes::Row merge(changes::Row earlier, changes::Row row);
  [[nodiscard]] static Table sum_up(const changes::Relation& relation, const Rows& rows);

  std::unordered_map<const changes::Relation*, Rows> tables_;
  std::vector<const changes::Relation*> order_;
  std::deque<std::string> keys_;                    // of more than one column
  std::deque<std::vector<changes::Value>> merged_;  // rows of two changes
};

}  // namespace pghaul::follow
