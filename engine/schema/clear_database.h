#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace pghaul::schema {

/// A replication slot on another server that a subscription, now dropped, had followed.
struct LeftSlot {
  std::string subscription;
  std::string slot;
};

/// Removes everything from a database that initdb did not put there; its removal must have been confirmed.
/// Works for an owner who is no superuser, and in portions, so that many tables don't exhaust the lock table.
/// What the role may not drop stays, as do default privileges and settings that it may not revoke. Returns
/// the slots that it can't remove. `kept_schema`: holds the journal of a copy that is restarted, and stays,
/// as do the database's settings, which a copy sets at its end; empty where the target's contents were
/// confirmed. `kept_extensions`: stay with their schemas. Errors  server_error, naming what could not be
/// dropped; what is gone by then stays gone.
[[nodiscard]] Result<std::vector<LeftSlot>> clear_database(postgres::Connection& target,
                                                           const std::string& kept_schema,
                                                           const std::vector<std::string>& kept_extensions);

}  // namespace pghaul::schema
