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

/// Reads one server's part; of the source, in the transaction that holds the snapshot.
[[nodiscard]] Result<RecordDraft> read_draft(postgres::Connection& server);
/// Waits until a crash can't take back what the snapshot sees, which may last 15 s on a server that nobody
/// writes to. `source`: the session that has held the snapshot since, as a crash ends it.
[[nodiscard]] Status await_durable(const RecordDraft& draft, postgres::Connection& source,
                                   const std::stop_token& stop);

/// Keeps the record in the target. `before`: a state of the target, no later than those of the tables.
/// Definitions are added to these, and the state's xmin where they have none.
[[nodiscard]] Status keep_record(const RecordDraft& draft, const RecordDraft& before,
                                 std::vector<journal::CopyRecord::Table> tables,
                                 postgres::Connection& target);

}  // namespace pghaul::job
