#pragma once

#include <string>
#include <string_view>

namespace pghaul::archive {

/// Hashes a whole document: XXH3, 128 bits, as 32 hexadecimal digits.
[[nodiscard]] std::string hash_text(std::string_view content);

}  // namespace pghaul::archive
