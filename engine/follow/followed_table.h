#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "base/error.h"
#include "changes/message.h"
#include "follow/table_statements.h"

namespace pghaul::follow {

/// A statement that the target's session has by a name.
struct PreparedStatement {
  std::string name;
  Statement statement;
  bool is_prepared = false;  // the target has said so
};

/// A table whose changes come, and what the target's session has for it.
struct FollowedTable {
  changes::Relation relation;
  Result<TableStatements> statements;  // or in what the target's table differs, once a change needs it
  std::map<std::string, PreparedStatement, std::less<>> prepared;  // by what the statement is good for
  std::size_t false_conflicts = 0;  // batches that the target refused, although their changes one by one fit
};

}  // namespace pghaul::follow
