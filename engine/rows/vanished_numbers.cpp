#include "rows/vanished_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <span>
#include <string_view>

#include "base/units.h"
#include "pipeline/chunk.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "rows/fields.h"
#include "rows/range_sql.h"

namespace pghaul::rows {
namespace {

constexpr std::uint64_t kNumbersAtOnce = std::uint64_t{1} << 21;
constexpr std::uint64_t kMostNumbersOfRow = 16;
constexpr unsigned kBitsOfWord = 64;

using Words = std::vector<std::uint64_t>;

/// Returns how many bytes an integer type has; 0: it is none.
/// Source  PostgreSQL's src/include/catalog/pg_type.dat.
std::size_t bytes_of(catalog::Oid type) {
  switch (type) {
    case 20:
      return 8;
    case 21:
      return 2;
    case 23:
      return 4;
    default:
      return 0;
  }
}

std::string quoted(const catalog::Relation& table) {
  return postgres::quote(table.name.schema, table.name.name);
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

Result<postgres::CopyOut> begin(postgres::Connection& server, const ComparedTable& table,
                                const Numbers& numbers) {
  return postgres::CopyOut::begin(server, copy_bits_sql(table.first(), table.key, numbers),
                                  postgres::CopyFormat::binary, "keys of " + shown(table.first().name));
}

Result<Words> read(postgres::CopyOut& rows, const Numbers& numbers, pipeline::Chunk& buffer) {
  Words words(numbers.width() / kBitsOfWord + 1);
  std::vector<std::string_view> fields;
  do {
    buffer.clear();
    if (const Status filled = rows.fill(buffer); !filled) return fail(filled.error());
    for (std::size_t i = 0; i < buffer.rows(); ++i) {
      split(as_text(buffer.row(i)), postgres::CopyFormat::binary, fields);
      const std::uint64_t place = fields.size() == 2 ? number_of(value_of_binary(fields[0])) : words.size();
      if (place >= words.size()) return fail(ErrorCode::server_error, "the server sent a key that is none");
      words[place] = number_of(value_of_binary(fields[1]));
    }
  } while (!buffer.empty());
  return words;
}

/// Writes keys as rows of COPY BINARY.
class KeyRows {
 public:
  KeyRows(catalog::Oid type, pipeline::Sink& sink) : bytes_(bytes_of(type)), sink_(sink) {}

  Status add(std::uint64_t number) {
    std::string row{0, 1, 0, 0, 0, static_cast<char>(bytes_)};
    for (std::size_t i = bytes_; i-- > 0;) row += static_cast<char>(number >> (8 * i));
    const auto bytes = std::as_bytes(std::span(row));
    if (!rows_.has_room_for(bytes.size())) {
      if (Status sent = send(); !sent) return sent;
    }
    rows_.append(bytes);
    ++count_;
    return {};
  }
  Status send() {
    if (rows_.empty()) return {};
    Status sent = sink_.drain(rows_);
    rows_.clear();
    return sent;
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  std::size_t bytes_;
  pipeline::Sink& sink_;
  pipeline::Chunk rows_{64_KiB};
  std::uint64_t count_ = 0;
};

}  // namespace

Result<std::optional<Numbers>> dense_keys(postgres::Connection& target, const ComparedTable& table,
                                          std::uint64_t rows) {
  if (table.key.columns.size() != 1 || bytes_of(table.key.columns.front().type) == 0)
    return std::optional<Numbers>();
  const std::string key = names_sql(table.key);
  const Result<postgres::Rows> ends = target.query(fmt::format(
      "SELECT pg_catalog.min({0}), pg_catalog.max({0}) FROM ONLY {1}", key, quoted(table.first())));
  if (!ends)
    return ends.error().during("looking for the first and the last key of " + shown(table.first().name));
  if (ends->is_null(0, 0)) return std::optional<Numbers>();
  const Numbers all{ends->integer(0, 0), ends->integer(0, 1)};
  if (all.width() / kMostNumbersOfRow > rows) return std::optional<Numbers>();
  return std::optional<Numbers>(all);
}

std::vector<Numbers> parts_of(const Numbers& all) {
  std::vector<Numbers> parts;
  for (std::uint64_t before = 0;; before += kNumbersAtOnce) {
    const std::uint64_t first = static_cast<std::uint64_t>(all.first) + before;
    const std::uint64_t width = std::min(all.width() - before, kNumbersAtOnce - 1);
    parts.push_back({static_cast<std::int64_t>(first), static_cast<std::int64_t>(first + width)});
    if (all.width() - before < kNumbersAtOnce) return parts;
  }
}

std::string copy_bits_sql(const catalog::Relation& table, const Key& key, const Numbers& numbers) {
  return fmt::format(
      "COPY (SELECT place >> 6, pg_catalog.bit_or(1::bigint << (place & 63)::integer) FROM (SELECT {0} -"
      " '{2}'::bigint AS place FROM ONLY {1} WHERE {0} >= '{2}' AND {0} <= '{3}') AS keys GROUP BY 1)"
      " TO STDOUT (FORMAT binary)",
      names_sql(key), quoted(table), numbers.first, numbers.last);
}

Result<std::uint64_t> find_vanished_numbers(postgres::Connection& source, postgres::Connection& target,
                                            const ComparedTable& table, const Numbers& all,
                                            pipeline::Sink& vanished) {
  KeyRows rows(table.key.columns.front().type, vanished);
  pipeline::Chunk buffer(256_KiB);
  for (const Numbers& part : parts_of(all)) {
    Result<postgres::CopyOut> from_source = begin(source, table, part);
    if (!from_source) return fail(from_source.error());
    Result<postgres::CopyOut> from_target = begin(target, table, part);
    if (!from_target) return fail(from_target.error());
    const Result<Words> here = read(*from_source, part, buffer);
    if (!here) return fail(here.error());
    const Result<Words> there = read(*from_target, part, buffer);
    if (!there) return fail(there.error());
    for (std::size_t word = 0; word < there->size(); ++word) {
      for (std::uint64_t bits = (*there)[word] & ~(*here)[word]; bits != 0; bits &= bits - 1) {
        const std::uint64_t place = word * kBitsOfWord + static_cast<unsigned>(std::countr_zero(bits));
        if (Status added = rows.add(static_cast<std::uint64_t>(part.first) + place); !added)
          return fail(added.error());
      }
    }
  }
  if (Status sent = rows.send(); !sent) return fail(sent.error());
  return rows.count();
}

}  // namespace pghaul::rows
