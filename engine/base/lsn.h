#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pghaul {

/// A position in a server's write-ahead log, in bytes from its beginning; 0 is no position.
struct Lsn {
  std::uint64_t value = 0;

  friend auto operator<=>(const Lsn&, const Lsn&) = default;
};

/// Writes it as PostgreSQL does: 16/B374D848.
[[nodiscard]] std::string lsn_text(Lsn lsn);
/// Reads what lsn_text() and PostgreSQL write; nothing when `text` is something else.
[[nodiscard]] std::optional<Lsn> parse_lsn(std::string_view text);

}  // namespace pghaul
