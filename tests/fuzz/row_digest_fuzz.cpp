// Rows, each led by a byte that says how long it is: in whatever order and portions, the digest is the same.

#include <algorithm>
#include <vector>

#include "fuzz/fuzz.h"
#include "pipeline/chunk.h"
#include "verify/row_digest.h"

namespace {

using Row = std::span<const std::byte>;

pghaul::verify::Digest digest_of(const std::vector<Row>& rows, std::size_t chunk_bytes) {
  pghaul::verify::RowDigest digest;
  pghaul::pipeline::Chunk chunk(chunk_bytes);
  for (const Row& row : rows) {
    if (!chunk.has_room_for(row.size())) {
      digest.see(chunk);
      chunk.clear();
    }
    require(chunk.has_room_for(row.size()), "an empty chunk has room for any row");
    chunk.append(row);
    require(std::ranges::equal(chunk.row(chunk.rows() - 1), row), "a chunk gives back its last row");
  }
  digest.see(chunk);
  return digest.digest();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk_bytes = 16 + data[0];
  Row rest = std::as_bytes(std::span(data, size)).subspan(1);
  std::vector<Row> rows;
  std::size_t bytes = 0;
  while (!rest.empty()) {
    const std::size_t length = std::min(std::to_integer<std::size_t>(rest[0]), rest.size() - 1);
    rows.push_back(rest.subspan(1, length));
    bytes += length;
    rest = rest.subspan(1 + length);
  }
  const pghaul::verify::Digest digest = digest_of(rows, chunk_bytes);
  require(digest.rows == rows.size() && digest.bytes == bytes, "rows and bytes are counted");
  std::ranges::reverse(rows);
  require(digest == digest_of(rows, 4096), "order and portions don't count");
  pghaul::verify::Digest read;
  require(read.set_hex(digest.hex()) && read.sum_low == digest.sum_low && read.sum_high == digest.sum_high,
          "a digest is read as it was written");
  if (!rows.empty()) {
    rows.push_back(rows.front());
    require(digest != digest_of(rows, chunk_bytes), "a row that came twice is seen");
  }
  return 0;
}
