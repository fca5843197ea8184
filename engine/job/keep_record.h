#pragma once

#include <map>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "catalog/table_definitions.h"
#include "journal/copy_record.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "postgres/history.h"

namespace pghaul::job {

/// The source's part of a record, as of the snapshot that is copied.
struct RecordDraft {
  postgres::History source;
  std::map<catalog::Oid, catalog::TableDefinition> definitions;
};

/// Reads it in the transaction that holds the snapshot.
[[nodiscard]] Result<RecordDraft> begin_record(postgres::Connection& source);

/// Keeps the record in the target, once that holds what the draft says and nothing else. Definitions are
/// added. `source`: waits there until a crash can't take back what was copied.
[[nodiscard]] Status keep_record(const RecordDraft& draft, std::vector<journal::CopyRecord::Table> tables,
                                 const postgres::ConnectionString& source, postgres::Connection& target,
                                 const std::stop_token& stop);

}  // namespace pghaul::job
