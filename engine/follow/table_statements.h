#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "changes/message.h"
#include "follow/target_table.h"

namespace pghaul::follow {

/// Rows that a statement changes: one, whose values are its parameters, or all those of its parameters, which
/// are arrays: a text[] for each column.
enum class Rows { one, all };

/// A statement that changes rows, and where its parameters come from.
struct Statement {
  struct Parameter {
    bool old = false;  // of the old row, otherwise of the new one
    std::uint16_t column = 0;
  };
  std::string sql;
  std::vector<Parameter> parameters;  // $1, $2 …
};

/// The SQL of one table's changes. Pure text: what a table has on either side goes in, statements come out.
///
/// Columns are matched by name. A row is found by the columns of its identity and a unique index of just
/// these; under the identity FULL by the text of each value, which also tells what equality does not (1.0
/// and 1.00, -0 and 0), and serves for types that have no equality; then one of the rows that are alike is
/// taken. Values of several rows become the columns' types by SQL's casts from text.
class TableStatements {
 public:
  /// Errors  mismatch: the table is not the same on both sides; the hint has the statement that mends it.
  [[nodiscard]] static Result<TableStatements> match(const changes::Relation& source, TargetTable target);

  [[nodiscard]] Statement insert(Rows rows = Rows::one) const;
  /// Good for all updates whose rows leave the same values out, and have the same nulls in a full old row.
  /// Several rows can be distinguished by their key only.
  [[nodiscard]] Result<Statement> update(const changes::Update& update, Rows rows = Rows::one) const;
  [[nodiscard]] Result<Statement> remove(const changes::Delete& removed, Rows rows = Rows::one) const;
  /// A unique key of the target that is not checked at once.
  struct DeferredKey {
    std::vector<std::size_t> columns;  // of the source's relation
    std::string find;                  // gives the rows, but for the first one, whose key is $1, $2 …
    std::string find_any;              // gives a row if any key has more than one
  };
  [[nodiscard]] const std::vector<DeferredKey>& deferred_keys() const noexcept { return deferred_keys_; }
  /// Tells that changes have to be applied one by one: see TargetTable; or no column takes a value.
  [[nodiscard]] bool singly() const;
  /// Returns the table as TRUNCATE takes it.
  [[nodiscard]] std::string to_truncate() const { return only_ + name_; }

 private:
  TableStatements(const changes::Relation& source, TargetTable target);
  [[nodiscard]] const TargetColumn& target(std::size_t column) const {
    return target_.columns[places_[column]];
  }
  /// Adds a parameter; returns how the statement refers to its value.
  [[nodiscard]] std::string parameter(Statement& statement, Rows rows, bool old, std::size_t column) const;
  /// Adds the condition that finds the row; `key_is_old`: the key's values are in the old row.
  [[nodiscard]] Result<std::string> find_row(Statement& statement, Rows rows, changes::OldRow kind,
                                             changes::Row old) const;
  [[nodiscard]] Result<std::string> find_by_key(Statement& statement, Rows rows, bool key_is_old) const;
  [[nodiscard]] std::string find_by_row(Statement& statement, changes::Row old) const;

  [[nodiscard]] DeferredKey deferred_key(const std::vector<KeyColumn>& key) const;

  changes::Relation source_;
  TargetTable target_;
  std::vector<std::size_t> places_;  // of the source's columns, in target_.columns
  std::string name_;                 // quoted
  std::string only_;                 // "ONLY ", but for a partitioned table
  std::vector<DeferredKey> deferred_keys_;
};

}  // namespace pghaul::follow
