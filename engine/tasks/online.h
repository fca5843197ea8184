#pragma once

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

/// Work on tables that an application is writing to.
namespace pghaul::tasks {

/// Sets a short limit for lock waits in a transaction: a waiting lock request blocks every later request on
/// that table. The task is retried.
void wait_briefly_for_locks(postgres::Connection& target);
/// Builds an index outside of a transaction. A valid one is left as it is; one that an earlier attempt left
/// unfinished is built anew.
[[nodiscard]] Status build_concurrently(postgres::Connection& target, const catalog::IndexInfo& index,
                                        const catalog::Relation& relation);

}  // namespace pghaul::tasks
