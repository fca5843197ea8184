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

/// The source's part of a record, as of the snapshot that is copied.
struct RecordDraft {
  postgres::History source;
  std::map<catalog::Oid, catalog::TableDefinition> definitions;
};

/// Reads it in the transaction that holds the snapshot, and waits until a crash can't take back what that sees: a
/// crash meanwhile ends the session, and the copy with it.
[[nodiscard]] Result<RecordDraft> begin_record(postgres::Connection& source, const std::stop_token& stop);

/// Keeps the record in the target, once that holds what the draft says and nothing else. Definitions are
/// added.
[[nodiscard]] Status keep_record(const RecordDraft& draft, std::vector<journal::CopyRecord::Table> tables,
                                 postgres::Connection& target);

}  // namespace pghaul::job
