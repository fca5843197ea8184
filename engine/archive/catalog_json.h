#pragma once

#include <string>

#include "base/error.h"
#include "catalog/model.h"

namespace pghaul::archive {

/// The catalog of the source, as catalog.json holds it: what a restore plans by.
[[nodiscard]] std::string catalog_as_json(const catalog::Catalog& catalog);
/// Believes nothing: places that point nowhere are refused. Errors  system.
[[nodiscard]] Result<catalog::Catalog> catalog_of_json(const std::string& json);

}  // namespace pghaul::archive
