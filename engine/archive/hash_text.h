#pragma once

#include <string>
#include <string_view>

namespace pghaul::archive {

/// XXH3, 128 bits, as 32 hexadecimal digits: of whole documents.
[[nodiscard]] std::string hash_text(std::string_view content);

}  // namespace pghaul::archive
