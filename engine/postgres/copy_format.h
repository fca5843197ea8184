#pragma once

namespace pghaul::postgres {

/// The format of rows on their way. Binary is cheaper; text is right for every type.
enum class CopyFormat { binary, text };

[[nodiscard]] constexpr const char* copy_format_name(CopyFormat format) noexcept {
  return format == CopyFormat::binary ? "binary" : "text";
}

}  // namespace pghaul::postgres
