#pragma once

#include <string>

#include "catalog/model.h"

namespace pghaul::plan {

/// The version of an extension that the target has, or would create; nullptr when it has none to offer.
[[nodiscard]] const std::string* version_on(const catalog::Server& target, const std::string& extension);

}  // namespace pghaul::plan
