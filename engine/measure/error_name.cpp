#include "measure/error_name.h"

#include <nlohmann/json.hpp>

namespace pghaul::measure {

const char* error_name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::ok:
      return "ok";
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::connection_failed:
      return "connection_failed";
    case ErrorCode::connection_lost:
      return "connection_lost";
    case ErrorCode::server_error:
      return "server_error";
    case ErrorCode::program_missing:
      return "program_missing";
    case ErrorCode::program_failed:
      return "program_failed";
    case ErrorCode::mismatch:
      return "mismatch";
    case ErrorCode::interrupted:
      return "interrupted";
    case ErrorCode::system:
      return "system";
    case ErrorCode::snapshot_lost:
      return "snapshot_lost";
    case ErrorCode::internal:
      return "internal";
  }
  return "unknown";
}

nlohmann::json error_as_json(const Error& error) {
  return {{"code", static_cast<int>(error.code)},
          {"name", error_name(error.code)},
          {"message", error.message},
          {"hint", error.hint},
          {"sqlstate", error.sqlstate}};
}

}  // namespace pghaul::measure
