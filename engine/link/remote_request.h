#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "link/sign_in.h"

namespace pghaul::link {

/// A job for the far half, or its result: named fields, and a text of any length.
struct RemoteRequest {
  Fields fields;
  std::string text;
};

[[nodiscard]] std::string pack_request(const RemoteRequest& request);
/// Reads one. Errors  connection_lost: this is none.
[[nodiscard]] Result<RemoteRequest> unpack_request(std::string_view packed);

}  // namespace pghaul::link
