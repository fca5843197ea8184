#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// The table in the target that lists the followed tables in which rows were changed and not compared since:
/// what a pghaul that was killed had noted of them is lost.
///
/// Threads  values only; those that take a connection: the connection's.
class UnprovedTables {
 public:
  /// `schema`: that of the progress.
  UnprovedTables(std::string schema, std::string slot) : schema_(std::move(schema)), slot_(std::move(slot)) {}

  [[nodiscard]] Status create(postgres::Connection& target) const;
  /// Adds a table, by its OID on the source. What is committed on the target later is not durable earlier.
  [[nodiscard]] Status add(postgres::Connection& target, std::uint32_t table) const;
  [[nodiscard]] Status remove(postgres::Connection& target, const std::vector<std::uint32_t>& tables) const;
  [[nodiscard]] Result<std::vector<std::uint32_t>> list(postgres::Connection& target) const;

 private:
  [[nodiscard]] std::string table() const;

  std::string schema_;
  std::string slot_;
};

}  // namespace pghaul::follow
