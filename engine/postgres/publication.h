#pragma once

#include <string>
#include <vector>

/// The SQL of a publication that lists its tables. Tables are quoted names: quote(schema, name).
namespace pghaul::postgres {

/// The server's version from which on a partitioned table of a publication stands for its partitions, later
/// ones too.
inline constexpr int kPublishesPartitioned = 130000;

/// Creates it for these tables, each without those that inherit from it: before the slot that is to stream
/// it.
[[nodiscard]] std::string create_publication(const std::string& name, const std::vector<std::string>& tables);
/// Adds tables, in a transaction that waits for whoever writes to them: without that, later changes are lost
/// (in PostgreSQL 10 all of them, later those of transactions that wrote before). Set a lock_timeout.
[[nodiscard]] std::string add_to_publication(const std::string& name, const std::vector<std::string>& tables);

}  // namespace pghaul::postgres
