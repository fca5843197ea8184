#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::fencing {

/// A table whose changes no publication has, so that a switchover has to copy its rows.
struct CarriedTable {
  std::uint32_t oid = 0;
  std::string name;         // quoted
  std::string columns;      // quoted, without generated ones; empty: it has none
  std::string why;          // for people: "it is unlogged"
  bool has_parent = false;  // what is written by way of the parent is not counted
};

/// Lists the database's own tables that the publication does not have, and the unlogged ones.
[[nodiscard]] Result<std::vector<CarriedTable>> read_carried_tables(postgres::Connection& server,
                                                                    const std::string& publication);

/// The size of what a switchover would copy itself, of all of a database.
struct Carried {
  std::int64_t tables = 0;
  bool large_objects = false;
  std::int64_t bytes = 0;  // on disk, of all these
};
[[nodiscard]] Result<Carried> sum_carried(postgres::Connection& server, const std::string& publication,
                                          bool with_large_objects);

}  // namespace pghaul::fencing
