#include "base/error.h"

#include <utility>

namespace pghaul {

tl::unexpected<Error> Error::during(const std::string& what) const {
  Error in_context = *this;
  in_context.message = what + ": " + message;
  return tl::make_unexpected(std::move(in_context));
}

tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint) {
  return tl::make_unexpected(Error{code, std::move(message), {}, std::move(hint)});
}

tl::unexpected<Error> fail(Error error) {
  return tl::make_unexpected(std::move(error));
}

}  // namespace pghaul
