#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "follow/deferred_keys.h"
#include "follow/followed_tables.h"
#include "follow/target_session.h"

namespace pghaul::follow {

/// Applies each change by a statement of its own, which has to hit one row.
///
/// Ownership  none of session and tables, which outlive it.
/// Memory     the widest row.
/// Threads    one at a time.
class RowWriter {
 public:
  RowWriter(TargetSession& session, FollowedTables& tables)
      : session_(session), tables_(tables), deferred_(session) {}

  [[nodiscard]] Status apply(std::uint32_t xid, const changes::Insert& insert);
  [[nodiscard]] Status apply(std::uint32_t xid, const changes::Update& update);
  [[nodiscard]] Status apply(std::uint32_t xid, const changes::Delete& removed);
  [[nodiscard]] Status apply(std::uint32_t xid, const changes::Truncate& truncate);
  [[nodiscard]] bool has_to_check() const noexcept { return deferred_.has_noted(); }
  /// See DeferredKeys.
  void start_attempt() { deferred_.start_attempt(); }
  void undo_attempt() { deferred_.undo_attempt(); }
  /// Checks what can be wrong for a while within a transaction, at its end.
  [[nodiscard]] Status end(std::uint32_t xid) { return deferred_.check(xid); }

 private:
  [[nodiscard]] Status execute(std::uint32_t xid, const char* verb, FollowedTable& table,
                               const PreparedStatement& prepared, changes::Row old, changes::Row row);

  TargetSession& session_;
  FollowedTables& tables_;
  DeferredKeys deferred_;
  std::string texts_;  // of the statement that is being sent, each with its zero byte
  std::vector<const char*> values_;
  std::vector<std::size_t> places_;
};

}  // namespace pghaul::follow
