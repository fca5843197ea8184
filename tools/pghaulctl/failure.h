#pragma once

#include <pghaul/pghaul.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace pghaul::platform {

/// Why something could not be done, with the exit status of the command (docs/errors.md).
struct Failure {
  int status = PGHAUL_EXIT_REFUSED;
  std::string message;
  std::string hint;  // one thing to do about it; may be empty
};

template <typename T>
using Result = tl::expected<T, Failure>;
using Outcome = Result<void>;

[[nodiscard]] inline tl::unexpected<Failure> failed(int status, std::string message, std::string hint = {}) {
  return tl::make_unexpected(Failure{status, std::move(message), std::move(hint)});
}
[[nodiscard]] inline tl::unexpected<Failure> refused(std::string message, std::string hint = {}) {
  return failed(PGHAUL_EXIT_REFUSED, std::move(message), std::move(hint));
}

}  // namespace pghaul::platform
