#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::follow {

/// Facts about a source's server that matter for a live copy.
struct SourceFacts {
  int version = 0;
  bool in_recovery = false;
  std::string wal_level;
  bool may_replicate = false;  // REPLICATION, a superuser, or Amazon RDS's rds_replication
  bool may_create = false;     // CREATE on the database
  int free_slots = 0;
  int free_senders = 0;
  std::int64_t sequences = 0;  // those of the database, without PostgreSQL's own
  std::int64_t lockable = 0;   // relations that one transaction may lock besides the work of others
  std::optional<std::int64_t> slot_keeps_bytes;  // max_slot_wal_keep_size; nothing: no limit
  std::vector<std::string> prepared;             // transactions, with their ages
  std::vector<std::string> writers;              // that have written for more than half a minute
  std::vector<std::string> subscriptions;        // enabled ones that write into this database
  std::vector<std::string> event_triggers;       // that fire for DDL of the session that asks

  /// A table whose changes are to be followed.
  struct Table {
    std::string schema;
    std::string name;
    bool owned = false;           // by the role, or by one that it is a member of
    bool has_identity = false;    // its rows can be distinguished in the stream
    bool deferrable_key = false;  // its primary key is deferrable, and so serves for nothing here
    bool unlogged = false;
    bool generated_key = false;  // the stream lacks a column of its identity, as that is generated
  };
  std::vector<Table> tables;  // those of the database, without PostgreSQL's own and without partitioned ones
};

[[nodiscard]] Result<SourceFacts> read_source_facts(postgres::Connection& source);

/// Transactions of a source that a switchover would have to wait for.
struct OpenTransactions {
  std::vector<std::string> prepared;
  std::vector<std::string> writers;  // for more than half a minute
};
[[nodiscard]] Result<OpenTransactions> read_open_transactions(postgres::Connection& source);

}  // namespace pghaul::follow
