#pragma once

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

/// Work on tables that an application is writing to.
namespace pghaul::tasks {

/// In a transaction: who waits for a lock makes everybody who comes later wait for him. So not for long; the
/// task is tried again.
void wait_briefly_for_locks(postgres::Connection& target);
/// Outside of a transaction. Where it is there and valid, it is left; where an earlier attempt left half of
/// it, it is built anew.
[[nodiscard]] Status build_concurrently(postgres::Connection& target, const catalog::IndexInfo& index,
                                        const catalog::Relation& relation);

}  // namespace pghaul::tasks
