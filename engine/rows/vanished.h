#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "pipeline/sink.h"
#include "postgres/connection.h"
#include "rows/compared_table.h"
#include "rows/finder.h"

namespace pghaul::rows {

/// Finds the keys of the target's rows that the source does not have, among the keys of `ranges`: reads both
/// sides' keys in order. The table has one part, and a key that is read by range.
///
/// `vanished`: takes these keys, as rows of COPY BINARY; the caller ends it. Returns how many there are.
[[nodiscard]] Result<std::uint64_t> find_vanished(postgres::Connection& source, postgres::Connection& target,
                                                  const ComparedTable& table,
                                                  const std::vector<Range>& ranges, pipeline::Sink& vanished);

}  // namespace pghaul::rows
