#pragma once

#include <string>

namespace pghaul::documents {

/// Arranges prose as the documents have it, at most 120 columns wide.
[[nodiscard]] std::string paragraph(const std::string& text);
[[nodiscard]] std::string list_item(const std::string& text);

}  // namespace pghaul::documents
