#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace pghaul::measure {

/// The name of an error code in reports, events and documentation.
[[nodiscard]] const char* error_name(ErrorCode code) noexcept;
/// As reports and events have it.
[[nodiscard]] nlohmann::json error_as_json(const Error& error);

}  // namespace pghaul::measure
