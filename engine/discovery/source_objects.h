#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/objects.h"
#include "catalog/read_objects.h"
#include "discovery/discovery.h"
#include "discovery/options.h"
#include "postgres/connection.h"

namespace pghaul::discovery {

using Objects = std::vector<catalog::ObjectClass>;

/// Returns the encoding in which names of both sides are comparable: where one side's encoding is unknown,
/// nothing is converted.
[[nodiscard]] std::string common_encoding(const Discovery& found);

/// Returns which objects of a server are compared, and how they are worded for a server of `other_version`.
[[nodiscard]] catalog::ObjectScope scope_of(const Discovery& found, const Options& options,
                                            int other_version);

/// Reads what the source holds besides rows, as the connection's transaction sees it: in the snapshot.
[[nodiscard]] Result<Objects> source_objects(postgres::Connection& source, const Discovery& found,
                                             const Options& options);

}  // namespace pghaul::discovery
