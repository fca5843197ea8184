#pragma once

#include <string>
#include <string_view>

namespace pghaul::verify {

/// Hashes a text into 32 hexadecimal digits.
[[nodiscard]] std::string fingerprint(std::string_view text);

}  // namespace pghaul::verify
