#pragma once

#include <map>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "catalog/table_definitions.h"
#include "journal/copy_record.h"
#include "postgres/connection.h"
#include "postgres/history.h"

namespace pghaul::job {

/// One server's part of a record: the source's is as of the snapshot that is copied.
struct RecordDraft {
  postgres::History history;
  std::map<catalog::Oid, catalog::TableDefinition> definitions;
};

/// Reads it in the transaction that holds the snapshot, and waits until a crash can't take back what that
/// sees: a crash meanwhile ends the session, and the copy with it.
[[nodiscard]] Result<RecordDraft> begin_record(postgres::Connection& source, const std::stop_token& stop);

/// Reads the target's part of a record.
[[nodiscard]] Result<RecordDraft> read_state_of_target(postgres::Connection& target);

/// Keeps the record in the target. `before`: a state of the target, no later than those of the tables.
/// Definitions are added to these, and the state's xmin where they have none.
[[nodiscard]] Status keep_record(const RecordDraft& draft, const RecordDraft& before,
                                 std::vector<journal::CopyRecord::Table> tables,
                                 postgres::Connection& target);

}  // namespace pghaul::job
