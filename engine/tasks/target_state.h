#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "catalog/model.h"
#include "postgres/snapshot.h"

namespace pghaul::tasks {

/// The state of the target from which rows are read back.
///
/// Threads    the task that opens the target writes here; nothing else runs beside it.
struct TargetState {
  std::optional<postgres::Snapshot> snapshot;     // absent: as the target is when it is read
  std::map<catalog::Place, std::uint32_t> pages;  // sizes at the opening, of tables read back in parts
};

}  // namespace pghaul::tasks
