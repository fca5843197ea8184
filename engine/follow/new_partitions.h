#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// A partition that the source has got since its tables were published, and the target has not.
struct NewPartition {
  std::uint32_t oid = 0;
  std::string table;       // quoted, as are the next two
  std::string parent;      // the target has it
  std::string columns;     // those that are not generated; empty: there are none
  std::string bound;       // "FOR VALUES …" or "DEFAULT"
  bool published = false;  // already: from PostgreSQL 13 on, by its root
  bool has_own = false;    // indexes, constraints or triggers that it does not have from its parent

  /// Returns the statement that makes it, without what it has of its own.
  [[nodiscard]] std::string create() const;
};

/// Lists them, without those that have partitions themselves. `name`: of the registration on the source.
[[nodiscard]] Result<std::vector<NewPartition>> find_new_partitions(postgres::Connection& source,
                                                                    postgres::Connection& target,
                                                                    const std::string& name);

}  // namespace pghaul::follow
