#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "fencing/carried_tables.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// Counts the statements that write to tables: a sequence for each, and triggers that move it on, in the
/// writers' sessions and before they write. So a table is as it was under a snapshot if its count is what it
/// was when nobody had written to it without having committed.
///
/// A count says too much at most: of statements that changed no row, or were rolled back. It holds until the
/// server crashes, which ends all sessions.
///
/// Threads  values only; those that take a connection: the connection's.
class TouchCounters {
 public:
  /// `name`: of the registration, after which triggers, function and sequences are called.
  explicit TouchCounters(std::string name) : name_(std::move(name)) {}

  /// Makes what is missing. Errors  refused: another session keeps a table for too long.
  [[nodiscard]] Status create(postgres::Connection& server, const std::vector<CarriedTable>& tables) const;
  /// Returns the counts, in the tables' order.
  [[nodiscard]] Result<std::vector<std::int64_t>> read(postgres::Connection& server,
                                                       const std::vector<CarriedTable>& tables) const;
  /// Removes all of it; what does not exist is no error. Errors  as create()'s.
  [[nodiscard]] Status remove(postgres::Connection& server) const;

 private:
  [[nodiscard]] std::string function() const;
  [[nodiscard]] std::string sequence(const CarriedTable& table) const;

  std::string name_;
};

}  // namespace pghaul::fencing
