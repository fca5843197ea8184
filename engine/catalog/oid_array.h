#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

namespace pghaul::catalog {

/// Renders the relations' OIDs as an array in text, in their order, so that WITH ORDINALITY tells a
/// relation's Place. Relations of extensions count as 0, which no relation has, unless they are wanted.
enum class OfExtensions { left_out, wanted };
[[nodiscard]] std::string oid_array(const std::vector<Relation>& relations, OfExtensions of_extensions);

/// Renders OIDs as an array in text.
[[nodiscard]] std::string oid_array(const std::vector<Oid>& oids);

}  // namespace pghaul::catalog
