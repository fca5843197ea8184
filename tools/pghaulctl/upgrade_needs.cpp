#include "upgrade_needs.h"

#include <fmt/format.h>

#include <algorithm>

#include "pghaul/quantities.h"
#include "server.h"

namespace pghaul::platform {
namespace {

// Of 10,000 tables with a key each, from 15 to 17: 216 MB; of 10 tables: 47 MB (tests/long/many-schemas).
constexpr std::int64_t kBytes = 50'000'000;
constexpr std::int64_t kBytesPerTable = 18'000;
constexpr std::int64_t kLocksBesides = 1'000;  // of catalogs, and of what is not a table

// The number of transactions for each of which the table of locks has room.
constexpr const char* kTransactions = R"(
SELECT pg_catalog.sum(setting::bigint), pg_catalog.current_setting('max_locks_per_transaction') FROM pg_catalog.pg_settings
WHERE name IN ('max_connections', 'max_prepared_transactions', 'autovacuum_max_workers', 'max_worker_processes'))";

Result<Server> open(const Cluster& old, const std::string& database) {
  return Server::open(connection_to(old, database), old.version + "/" + old.name, old.owner, old.host);
}

Result<std::int64_t> count_tables(const Cluster& old, const std::string& database) {
  auto server = open(old, database);
  if (!server) return tl::make_unexpected(server.error());
  const auto count = server->query(
      "SELECT pg_catalog.count(*) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384");
  if (!count) return tl::make_unexpected(count.error());
  return std::stoll(count->front()[0]);
}

}  // namespace

Result<UpgradeNeeds> needs_of_upgrade(const Cluster& old) {
  auto server = open(old, "postgres");
  if (!server) return tl::make_unexpected(server.error());
  const auto databases = server->query("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn");
  if (!databases) return tl::make_unexpected(databases.error());
  const auto transactions = server->query(kTransactions);
  if (!transactions) return tl::make_unexpected(transactions.error());
  UpgradeNeeds needs;
  for (const auto& database : *databases) {
    const auto tables = count_tables(old, database[0]);
    if (!tables) return tl::make_unexpected(tables.error());
    needs.tables += *tables;
  }
  const std::int64_t locks = (needs.tables + kLocksBesides) / std::stoll(transactions->front()[0]) + 1;
  needs.locks = std::max<std::int64_t>(locks, std::stoll(transactions->front()[1]));
  needs.memory_bytes = kBytes + needs.tables * kBytesPerTable;
  return needs;
}

std::string show_needs(const UpgradeNeeds& needs) {
  return fmt::format("{}: pg_upgrade takes about {} of memory",
                     command::show_count(static_cast<std::uint64_t>(needs.tables), "table", "tables"),
                     command::show_bytes(static_cast<double>(needs.memory_bytes)));
}

}  // namespace pghaul::platform
