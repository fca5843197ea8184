#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace pghaul::measure {

/// As reports and events have it.
[[nodiscard]] nlohmann::json error_as_json(const Error& error);

}  // namespace pghaul::measure
