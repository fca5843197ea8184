#pragma once

#include <vector>

#include "catalog/model.h"
#include "verify/digest.h"

namespace pghaul::journal {

/// The result of one object of a task.
struct DoneEntry {
  catalog::Place object = catalog::kNone;  // kNone: the task as a whole
  verify::Digest digest;                   // for tasks that read rows; for open: `rows` is pages
  double seconds = 0;
};
using DoneEntries = std::vector<DoneEntry>;

}  // namespace pghaul::journal
