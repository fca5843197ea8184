#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace pghaul::measure {

/// Renders an error as reports and events do.
[[nodiscard]] nlohmann::json error_as_json(const Error& error);

}  // namespace pghaul::measure
