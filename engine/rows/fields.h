#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "postgres/copy_format.h"

namespace pghaul::rows {

/// Splits a copied row into its columns: the bytes of each as the format holds them, a binary one with its
/// length, so that NULL, an empty value and all others differ. A row that ends early has fewer. `most`: only
/// so many of them.
///
/// Source  PostgreSQL manual, page COPY, "File Formats".
void split(std::string_view row, postgres::CopyFormat format, std::vector<std::string_view>& fields,
           std::size_t most = SIZE_MAX);

/// Returns the value of a binary column: without its length. NULL gives no bytes.
[[nodiscard]] std::string_view value_of_binary(std::string_view field) noexcept;

/// Returns a row's bytes as text.
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> row) noexcept {
  return {reinterpret_cast<const char*>(row.data()), row.size()};
}

}  // namespace pghaul::rows
