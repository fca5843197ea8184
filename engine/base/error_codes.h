#pragma once

#include <span>

#include "base/error.h"

namespace pghaul {

/// Describes an error code in reports and in docs/errors.md, whose table is generated from error_codes().
struct ErrorCodeMeaning {
  ErrorCode code;
  const char* name;     // its name in reports
  const char* meaning;  // what happened
  const char* again;    // whether the same call may succeed later
  const char* advice;   // what to do
};

/// Returns the descriptions of all codes, by number.
[[nodiscard]] std::span<const ErrorCodeMeaning> error_codes() noexcept;
[[nodiscard]] const ErrorCodeMeaning& meaning_of(ErrorCode code) noexcept;

}  // namespace pghaul
