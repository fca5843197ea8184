#include "verify/remote_digest.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <span>

namespace pghaul::verify {

std::string digest_request(const std::string& token, bool binary) {
  return fmt::format("/*pghaul digest {} {}*/ ", token, binary ? "binary" : "text");
}

std::string encode_digest_row(const Digest& digest) {
  return fmt::format("{} {} {}\n", digest.rows, digest.bytes, digest.hex());
}

bool decode_digest_row(std::string_view row, Digest& digest) {
  if (row.empty() || row.back() != '\n') return false;
  row.remove_suffix(1);
  Digest read;
  for (std::uint64_t* number : {&read.rows, &read.bytes}) {
    const auto [end, problem] = std::from_chars(row.data(), row.data() + row.size(), *number);
    row.remove_prefix(static_cast<std::size_t>(end - row.data()));
    if (problem != std::errc{} || row.empty() || row.front() != ' ') return false;
    row.remove_prefix(1);
  }
  if (!read.set_hex(row)) return false;
  digest = read;
  return true;
}

Result<Digest> last_reported(pipeline::Source& rows, pipeline::Chunk& buffer) {
  std::optional<Digest> last;
  for (;;) {
    buffer.clear();
    const Status filled = rows.fill(buffer);
    if (!filled) return fail(filled.error());
    if (buffer.empty()) break;
    const std::span<const std::byte> row = buffer.row(buffer.rows() - 1);
    last.emplace();
    if (!decode_digest_row({reinterpret_cast<const char*>(row.data()), row.size()}, *last)) {
      return fail(ErrorCode::internal, "protocol error on the link: a row that is not a digest");
    }
  }
  if (!last) return fail(ErrorCode::internal, "protocol error on the link: no digest came");
  return *last;
}

}  // namespace pghaul::verify
