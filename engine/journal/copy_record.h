#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"
#include "postgres/history.h"

namespace pghaul::journal {

/// The target's record of a copy that is complete and verified, so that a later sync can ask both
/// servers what has changed since. It is kept in a schema of its own beside the target's.
struct CopyRecord {
  struct Table {
    catalog::Name name;
    catalog::Oid oid = 0;    // the source's
    std::string definition;  // catalog::TableDefinition::digest, of the source
    catalog::Oid target_oid = 0;
    std::string target_definition;  // the same on the target
    std::uint64_t rows = 0;
    /// The target's rows are those of a snapshot with this xmin, and those that these transactions wrote.
    std::uint64_t target_xmin = 0;
    std::vector<std::uint64_t> target_writers = {};
  };
  postgres::History source;  // the state that was copied
  postgres::History target;  // no later than the states of the tables
  std::vector<Table> tables;
};

/// Finds that of this very database. Errors  refused when this version can't read it.
[[nodiscard]] Result<std::optional<CopyRecord>> find_copy_record(postgres::Connection& target);
/// Writes it in place of an earlier one, durably.
[[nodiscard]] Status keep_copy_record(postgres::Connection& target, const CopyRecord& record);

}  // namespace pghaul::journal
