#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/sink.h"
#include "postgres/connection.h"
#include "rows/compared_table.h"

/// Keys that are integers, most of the numbers between the first and the last: a server sends one row with a
/// bit for each of 64 numbers, instead of a row for each key.
namespace pghaul::rows {

/// Numbers from a first to a last one, both among them.
struct Numbers {
  std::int64_t first = 0;
  std::int64_t last = 0;

  /// Returns how many numbers it has, less one: all that 64 bits can hold would be one too many.
  [[nodiscard]] std::uint64_t width() const noexcept {
    return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
  }
};

/// Returns the numbers that the keys of the target's `rows` rows lie among, if they are integers, and not so
/// far apart that reading the keys themselves takes less.
[[nodiscard]] Result<std::optional<Numbers>> dense_keys(postgres::Connection& target,
                                                        const ComparedTable& table, std::uint64_t rows);

/// Does what find_vanished() does for dense keys.
[[nodiscard]] Result<std::uint64_t> find_vanished_numbers(postgres::Connection& source,
                                                          postgres::Connection& target,
                                                          const ComparedTable& table, const Numbers& all,
                                                          pipeline::Sink& vanished);

/// Divides numbers into parts for one statement each: so many that server and client hold their bits in
/// memory. Pure.
[[nodiscard]] std::vector<Numbers> parts_of(const Numbers& all);
/// Returns a COPY, in binary, of words of 64 bits, each behind its place from `numbers.first` on; words
/// without keys are left out, and the order is none. Pure.
[[nodiscard]] std::string copy_bits_sql(const catalog::Relation& table, const Key& key,
                                        const Numbers& numbers);

}  // namespace pghaul::rows
