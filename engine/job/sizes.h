#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/model.h"

/// The numbers in a source's catalog that a plan is made by, and that change while nobody writes: with those
/// of an earlier look at the same tables, planning gives the same plan again.
namespace pghaul::job {

/// A line for each object: its kind's letter, and numbers.
[[nodiscard]] std::string sizes_as_text(const catalog::Catalog& source);
/// Puts the numbers into `source`. Errors  refused when the text tells of other objects than the source has.
[[nodiscard]] Status set_sizes(std::string_view text, catalog::Catalog& source);

}  // namespace pghaul::job
