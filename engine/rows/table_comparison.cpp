#include "rows/table_comparison.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "postgres/copy_out.h"
#include "rows/fields.h"
#include "rows/range_sql.h"
#include "verify/digest_of_copy.h"

namespace pghaul::rows {
namespace {

using postgres::CopyFormat;
using postgres::Side;

/// The rows that are held at once, of those that a scan of the whole table brings.
constexpr std::uint64_t kRowsOfScan = 200'000;
constexpr std::uint64_t kBytesOfScan = std::uint64_t{64} << 20;
constexpr std::size_t kBuckets = 4096;  // of a table that has not been divided

std::string rows_of(const catalog::Relation& table) {
  return "rows of " + shown(table.name);
}

std::uint32_t number_at(std::string_view bytes, std::size_t length) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < length; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

/// Reads a ctid off the front of a row, and makes it the row that it would be without.
/// Source  PostgreSQL's src/backend/utils/adt/tid.c: binary as 4 and 2 bytes, as text (4,2).
bool take_place(std::string_view copied, CopyFormat format, Locator& place, std::string& row) {
  constexpr std::size_t kCount = 2;
  constexpr std::size_t kPlace = 4 + 6;  // its length, its bytes
  if (format == CopyFormat::binary) {
    if (copied.size() < kCount + kPlace) return false;
    place.block = number_at(copied.substr(kCount + 4), 4);
    place.line = static_cast<std::uint16_t>(number_at(copied.substr(kCount + 8), 2));
    const std::uint32_t columns = number_at(copied, kCount) - 1;
    row = {static_cast<char>(columns >> 8), static_cast<char>(columns & 0xFF)};
    row += copied.substr(kCount + kPlace);
    return true;
  }
  const char* const end = copied.data() + copied.size();
  if (copied.empty()) return false;
  const auto block = std::from_chars(copied.data() + 1, end, place.block);
  if (block.ec != std::errc{} || block.ptr == end) return false;
  const auto line = std::from_chars(block.ptr + 1, end, place.line);
  if (line.ec != std::errc{} || end - line.ptr < 2) return false;
  row.assign(line.ptr + (line.ptr[1] == '\t' ? 2 : 1), end);
  return true;
}

}  // namespace

Status TableComparison::run(const Range& whole, const BucketTally* tally) {
  if (!table_.key.by_range) return compare_by_hash(whole, tally);
  if (tally == nullptr) return find_differences(*this, {whole});
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < tally->buckets->size(); ++i) {
    Range range = tally->buckets->range(i);
    range.source = tally->source[i];
    range.target = tally->target[i];
    if (range.source != range.target) ranges.push_back(std::move(range));
  }
  return find_differences(*this, std::move(ranges));
}

Result<std::vector<Bound>> TableComparison::divide(Side side, const Range& range, std::uint64_t rows_each) {
  const Result<postgres::Rows> rows =
      server(side).query(divide_sql(table_.parts.front().on(side), table_.key, range, rows_each));
  if (!rows) return rows.error().during("dividing the keys of " + shown(table_.first().name));
  std::vector<Bound> bounds;
  for (int row = 0; row < rows->size(); ++row) {
    Bound& bound = bounds.emplace_back();
    for (std::size_t i = 0; i < table_.key.columns.size(); ++i) {
      bound.push_back(rows->string(row, static_cast<int>(i)));
    }
  }
  return bounds;
}

Result<verify::Digest> TableComparison::digest(Side side, const Range& range) {
  return verify::digest_of_copy(
      buffer_, server(side),
      {.sql = copy_ranges_sql(table_.parts.front().on(side), table_.key, {range}, table_.format, false),
       .format = table_.format,
       .floats = table_.floats,
       .what = rows_of(table_.first())});
}

Status TableComparison::compare(const std::vector<Range>& ranges) {
  return compare_wanted(ranges, [](std::string_view) { return true; });
}

Status TableComparison::compare_by_hash(const Range& whole, const BucketTally* tally) {
  if (tally != nullptr) return compare_buckets(*tally);
  if (whole.rows() <= kRowsOfScan && whole.bytes() <= kBytesOfScan) return compare({Range{}});
  const Buckets buckets = Buckets::by_hash(table_.key, kBuckets);
  BucketTally divided{.buckets = &buckets};
  for (const auto& [side, digests] :
       {std::pair{Side::source, &divided.source}, {Side::target, &divided.target}}) {
    Result<std::vector<verify::Digest>> read = bucket_digests(server(side), buckets);
    if (!read) return fail(read.error());
    *digests = std::move(*read);
  }
  return compare_buckets(divided);
}

Result<std::vector<verify::Digest>> TableComparison::bucket_digests(postgres::Connection& server,
                                                                    const Buckets& buckets) {
  BucketDigests digests(buckets, table_.format, table_.floats);
  for (const ComparedTable::Part& part : table_.parts) {
    Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
        server, copy_ranges_sql(part.on(server.side()), table_.key, {Range{}}, table_.format, false),
        table_.format, rows_of(*part.relation));
    if (!rows) return fail(rows.error());
    do {
      buffer_.clear();
      if (const Status filled = rows->fill(buffer_); !filled) return fail(filled.error());
      digests.see(buffer_);
    } while (!buffer_.empty());
  }
  return digests.digests();
}

/// Reads the tables once for as many of the buckets as memory has room for.
Status TableComparison::compare_buckets(const BucketTally& tally) {
  std::vector<char> wanted(tally.buckets->size(), 0);
  Buckets::Finder finder(*tally.buckets, table_.format);
  Range gathered;
  const auto compare_gathered = [&]() -> Status {
    if (gathered.rows() == 0) return {};
    gathered = {};
    Status compared =
        compare_wanted({Range{}}, [&](std::string_view row) { return wanted[finder.bucket_of(row)] != 0; });
    std::ranges::fill(wanted, 0);
    return compared;
  };
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (tally.source[i] == tally.target[i]) continue;
    Range more = gathered;
    more.source += tally.source[i];
    more.target += tally.target[i];
    if (more.rows() > kRowsOfScan || more.bytes() > kBytesOfScan) {
      if (Status compared = compare_gathered(); !compared) return compared;
    }
    gathered.source += tally.source[i];
    gathered.target += tally.target[i];
    wanted[i] = 1;
  }
  return compare_gathered();
}

Status TableComparison::compare_wanted(const std::vector<Range>& ranges, const Wanted& wanted) {
  Result<std::vector<FetchedRow>> source = fetch(source_, ranges, wanted);
  if (!source) return fail(source.error());
  Result<std::vector<FetchedRow>> target = fetch(target_, ranges, wanted);
  if (!target) return fail(target.error());
  return found_(pair_rows(std::move(*source), std::move(*target), table_.format));
}

Result<std::vector<FetchedRow>> TableComparison::fetch(postgres::Connection& server,
                                                       const std::vector<Range>& ranges,
                                                       const Wanted& wanted) {
  std::vector<FetchedRow> fetched;
  std::vector<std::string_view> fields;
  std::string shortened;
  for (const ComparedTable::Part& part : table_.parts) {
    Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
        server, copy_ranges_sql(part.on(server.side()), table_.key, ranges, table_.format, true),
        table_.format, rows_of(*part.relation));
    if (!rows) return fail(rows.error());
    do {
      buffer_.clear();
      if (const Status filled = rows->fill(buffer_); !filled) return fail(filled.error());
      for (std::size_t i = 0; i < buffer_.rows(); ++i) {
        FetchedRow row{.place = {.relation = part.place}};
        if (!take_place(as_text(buffer_.row(i)), table_.format, row.place, row.row)) {
          return fail(ErrorCode::server_error,
                      "the server sent a row without its place: " + rows_of(*part.relation));
        }
        if (!table_.floats.empty()) {
          verify::shorten_floats(std::as_bytes(std::span(row.row)), table_.floats, shortened);
          row.row = shortened;
        }
        if (!wanted(row.row)) continue;
        split(row.row, table_.format, fields);
        for (const Key::Column& column : table_.key.columns) {
          if (column.field < fields.size()) (row.key += fields[column.field]) += '\t';
        }
        if (table_.key.columns.empty()) row.key = row.row;
        fetched.push_back(std::move(row));
      }
    } while (!buffer_.empty());
  }
  return fetched;
}

}  // namespace pghaul::rows
