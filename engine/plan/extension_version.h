#pragma once

#include <string>

#include "catalog/model.h"

namespace pghaul::plan {

/// Returns the version of an extension that the target has, or would create; nullptr when it offers none.
[[nodiscard]] const std::string* version_on(const catalog::Server& target, const std::string& extension);

}  // namespace pghaul::plan
