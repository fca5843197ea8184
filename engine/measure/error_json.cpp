#include "measure/error_json.h"

#include <nlohmann/json.hpp>

#include "base/error_codes.h"

namespace pghaul::measure {

nlohmann::json error_as_json(const Error& error) {
  return {{"code", static_cast<int>(error.code)},
          {"name", meaning_of(error.code).name},
          {"message", error.message},
          {"hint", error.hint},
          {"object", error.object},
          {"sqlstate", error.sqlstate}};
}

}  // namespace pghaul::measure
