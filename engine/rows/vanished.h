#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"
#include "rows/compared_table.h"
#include "rows/finder.h"
#include "rows/pair_rows.h"

namespace pghaul::rows {

/// Finds the target's rows whose keys the source does not have, among the keys of `ranges`: reads both sides'
/// keys in order. The table has one part, and a key that is read by range.
///
/// `found`: called with some of them at a time. Returns how many there are.
[[nodiscard]] Result<std::uint64_t> find_vanished(
    postgres::Connection& source, postgres::Connection& target, const ComparedTable& table,
    const std::vector<Range>& ranges, const std::function<Status(const std::vector<Locator>&)>& found);

}  // namespace pghaul::rows
