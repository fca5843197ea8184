#pragma once

#include <string>

#include "base/error.h"
#include "catalog/model.h"

namespace pghaul::archive {

/// Renders the catalog of the source as catalog.json holds it: a restore plans by it.
[[nodiscard]] std::string catalog_as_json(const catalog::Catalog& catalog);
/// Reads one. Trusts nothing: places that point nowhere are refused. Errors  system.
[[nodiscard]] Result<catalog::Catalog> catalog_of_json(const std::string& json);

}  // namespace pghaul::archive
