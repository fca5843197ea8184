#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/model.h"
#include "plan/lines.h"

/// The numbers that a plan is made by, and that are others at each look: sizes in the source's catalog, and
/// what was measured of the lines to both servers. With those of an earlier look at the same tables, planning
/// gives the same plan again.
namespace pghaul::journal {

/// A line for each object and for the line to each server: its kind's letter, and numbers.
[[nodiscard]] std::string sizes_as_text(const catalog::Catalog& source, const plan::Lines& lines);
/// Puts the numbers into `source` and `lines`. Errors  refused when the text tells of other objects than the
/// source has.
[[nodiscard]] Status set_sizes(std::string_view text, catalog::Catalog& source, plan::Lines& lines);

}  // namespace pghaul::journal
