#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"

/// Logical replication slots of pgoutput. Connections are those of open_for_replication().
namespace pghaul::postgres {

/// The server's identity, and how far its WAL goes.
struct SystemIdentity {
  std::string system_identifier;  // the same after a restore or a failover
  std::int64_t timeline = 0;      // another one after either
  Lsn wal_end;                    // flushed so far
};
[[nodiscard]] Result<SystemIdentity> identify_system(Connection& replication);

struct Slot {
  std::string database;
  std::string plugin;
  bool active = false;   // somebody reads from it
  bool invalid = false;  // the server has removed WAL that it needs
  Lsn confirmed;         // nothing that was committed before is sent any more
};
/// Nothing: there is no slot of that name.
[[nodiscard]] Result<std::optional<Slot>> find_slot(Connection& replication, const std::string& name);

struct SlotOptions {
  bool temporary = false;  // gone with the connection
  bool failover = false;   // kept on standbys that synchronize slots; from PostgreSQL 17 on
  /// The longest time that each transaction which was writing before may take until it ends.
  std::chrono::milliseconds writers_limit{30'000};
};
/// Makes a slot that exports no snapshot, and gives the position from which it has changes.
///
/// Waits for every transaction that is writing, prepared ones too, and then for those begun meanwhile. Given
/// up by a stop, by `writers_limit` or an error, it leaves no slot. Errors  server_error, which names who
/// holds it up where that was it.
[[nodiscard]] Result<Lsn> create_slot(Connection& replication, const std::string& name,
                                      const SlotOptions& options, const std::stop_token& stop);
/// Drops it, once whoever reads from it has gone; one that does not exist is no error.
[[nodiscard]] Status drop_slot(Connection& replication, const std::string& name, const std::stop_token& stop);

}  // namespace pghaul::postgres
