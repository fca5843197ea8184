#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "changes/message.h"
#include "postgres/statement_pipeline.h"

namespace pghaul::follow {

struct TargetColumn {
  std::string name;
  std::string type;  // as SQL takes it, without a length
  std::uint32_t type_oid = 0;
  std::int32_t modifier = 0;
  bool generated = false;        // takes no values
  bool always_identity = false;  // takes none by UPDATE
  std::string equals;            // the operator of an index that begins with it; empty: there is none
};

/// A column of a unique index, and the operator that finds its value there: OPERATOR(pg_catalog.=).
struct KeyColumn {
  std::string name;
  std::string equals;
};

/// A table as the target has it.
struct TargetTable {
  bool partitioned = false;
  /// Changes have to be applied one by one, in their order: triggers or rules fire for them, a constraint
  /// relates rows to each other, a key is not checked at once, or a cast from text to a column's type is not
  /// what the type reads.
  bool singly = false;
  std::vector<TargetColumn> columns;
  std::vector<std::vector<KeyColumn>> keys;      // unique indexes of plain columns
  std::vector<std::vector<KeyColumn>> deferred;  // those of them that are checked at the end of a transaction
};

/// Has the session plan the queries of read_target_table() once for all tables. Call it first.
[[nodiscard]] Status prepare_target_lookups(postgres::StatementPipeline& target);

/// Reads what the target's catalog says of the table with the relation's name. Errors  mismatch: there is
/// none, see is_table_missing().
[[nodiscard]] Result<TargetTable> read_target_table(postgres::StatementPipeline& target,
                                                    const changes::Relation& relation);

/// Tells whether an error says that the target does not have a table that the source has.
[[nodiscard]] bool is_table_missing(const Error& error);

}  // namespace pghaul::follow
