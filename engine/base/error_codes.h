#pragma once

#include <span>

#include "base/error.h"

namespace pghaul {

/// What is said of an error code, in reports and in docs/errors.md, whose table is written from this one.
struct ErrorCodeMeaning {
  ErrorCode code;
  const char* name;     // as reports have it
  const char* meaning;  // what happened
  const char* again;    // whether the same call may go well another time
  const char* advice;   // what to do
};

/// All of them, by number.
[[nodiscard]] std::span<const ErrorCodeMeaning> error_codes() noexcept;
[[nodiscard]] const ErrorCodeMeaning& meaning_of(ErrorCode code) noexcept;

}  // namespace pghaul
