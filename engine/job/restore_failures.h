#pragma once

#include <vector>

#include "base/error.h"
#include "schema/schema_archive.h"

namespace pghaul::job {

/// One error that names all objects which pg_restore could not create.
[[nodiscard]] Status as_status(const std::vector<schema::Failure>& failures);

}  // namespace pghaul::job
