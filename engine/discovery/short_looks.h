#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "discovery/discovery.h"
#include "postgres/connection.h"

namespace pghaul::discovery {

/// Looks for rows of the source's tables in a session beside the one that keeps the snapshot, whose
/// transaction a statement that is given up would end. A table gets three seconds, all of them together
/// thirty: a large one is not read to its end.
///
/// Threads  one.
class ShortLooks {
 public:
  [[nodiscard]] static Result<ShortLooks> open(const Discovery& found, const std::stop_token& stop);

  /// Tells whether the table itself has a row for which the condition holds. Nothing: that is not known, as
  /// there was no time for it, or the server has refused it.
  [[nodiscard]] Result<std::optional<bool>> has_row(const catalog::Name& table, const std::string& condition);

 private:
  ShortLooks(postgres::Connection source, std::stop_token stop);

  postgres::Connection source_;
  std::stop_token stop_;
  std::chrono::steady_clock::time_point until_;
};

}  // namespace pghaul::discovery
