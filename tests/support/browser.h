#pragma once

#include <optional>
#include <string>

namespace pghaul::support {

/// A browser without a window: $PGHAUL_BROWSER, else Debian's chromium-headless-shell or chromium; nothing
/// when this machine has none.
[[nodiscard]] std::optional<std::string> browser();

/// The page's document as markup, after its scripts have run.
/// Errors  throws std::runtime_error when the browser fails.
[[nodiscard]] std::string document_of(const std::string& browser, const std::string& page_file);

}  // namespace pghaul::support
