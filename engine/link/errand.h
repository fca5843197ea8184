#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "link/sign_in.h"

namespace pghaul::link {

/// Something for the far half to do, or what came of it: named words, and a text of any length.
struct Errand {
  Words words;
  std::string text;
};

[[nodiscard]] std::string pack_errand(const Errand& errand);
/// Errors  connection_lost: this is no errand.
[[nodiscard]] Result<Errand> unpack_errand(std::string_view packed);

}  // namespace pghaul::link
