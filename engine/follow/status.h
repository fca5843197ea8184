#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "measure/live_status.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// The table in the target that shows how a live copy stands, a row for each slot: for pghaul on any machine.
///
/// Threads  values only; those that take a connection: the connection's.
class StatusTable {
 public:
  /// `schema`: that of the progress.
  explicit StatusTable(std::string schema) : schema_(std::move(schema)) {}

  [[nodiscard]] Status create(postgres::Connection& target) const;
  /// Replaces the row, of which this connection is shown to be the writer.
  [[nodiscard]] Status write(postgres::Connection& target, const std::string& slot,
                             const measure::LiveStatus& status) const;
  /// Nothing: nothing was written yet, or a crash of the target has emptied the table.
  [[nodiscard]] Result<std::optional<measure::LiveStatus>> find(postgres::Connection& target,
                                                                const std::string& slot) const;
  /// Gives the slot that was written last: of a live copy whose ends have changed places there are two.
  [[nodiscard]] Result<std::optional<std::string>> find_last(postgres::Connection& target) const;

 private:
  [[nodiscard]] Result<bool> exists(postgres::Connection& target) const;
  [[nodiscard]] std::string table() const;

  std::string schema_;
};

}  // namespace pghaul::follow
