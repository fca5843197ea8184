#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "measure/different_rows.h"

namespace pghaul::measure {

[[nodiscard]] nlohmann::json as_json(const std::vector<DifferentRows>& tables);

}  // namespace pghaul::measure
