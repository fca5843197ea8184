#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/model.h"
#include "plan/network_paths.h"

/// The numbers that a plan is made by, and that differ each time they are read: sizes in the source's
/// catalog, and measurements of the lines to both servers. With those of an earlier reading of the same
/// tables, planning gives the same plan again.
namespace pghaul::journal {

/// Renders a line for each object and for the line to each server: its kind's letter, and numbers.
[[nodiscard]] std::string sizes_as_text(const catalog::Catalog& source, const plan::NetworkPaths& lines);
/// Puts the numbers into `source` and `lines`. Errors  refused when the text is about other objects than the
/// source has.
[[nodiscard]] Status set_sizes(std::string_view text, catalog::Catalog& source, plan::NetworkPaths& lines);

}  // namespace pghaul::journal
