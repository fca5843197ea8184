#include "measure/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace pghaul::measure {

std::string as_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

double rounded(double seconds) noexcept {
  return std::round(seconds * 1000) / 1000;
}

}  // namespace pghaul::measure
