#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "schema/entry.h"

namespace pghaul::tasks {

class SchemaRestore;

/// Restores what rows need, by as many pg_restore as there will be workers where that is sooner.
/// `start_over`: empties the target again, for another attempt by one pg_restore alone when several have met
/// with failures, which may be due to nothing but the order in which they came.
[[nodiscard]] Status restore_pre_data(const SchemaRestore& restore, int workers,
                                      const std::vector<schema::Entry>& entries,
                                      const std::function<Status()>& start_over);

}  // namespace pghaul::tasks
