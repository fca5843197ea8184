#pragma once

#include <string>
#include <string_view>

namespace pghaul::verify {

/// Stands for a text: equal texts have equal ones, as 32 hexadecimal digits.
[[nodiscard]] std::string fingerprint(std::string_view text);

}  // namespace pghaul::verify
