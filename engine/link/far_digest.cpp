#include "link/far_digest.h"

#include <optional>

#include "base/units.h"
#include "postgres/binary_stream.h"
#include "verify/remote_digest.h"

namespace pghaul::link {
namespace {

// Source  PostgreSQL manual, "Frontend/Backend Protocol", "Message Formats".
constexpr char kCopyData = 'd';
constexpr char kCopyDone = 'c';
constexpr char kReadyForQuery = 'Z';

constexpr std::chrono::seconds kReportInterval{1};  // interval of progress rows

}  // namespace

FarDigest::FarDigest(bool binary)
    : binary_(binary),
      ended_well_(!binary),
      chunk_(256_KiB),
      last_reported_(std::chrono::steady_clock::now()) {}

void FarDigest::pass(std::span<const std::byte> bytes, std::vector<std::byte>& out) {
  while (!bytes.empty()) {
    const MessageScan::Part part = scan_.next(bytes);
    if (part.type == kCopyData) {
      take(part);
      continue;
    }
    if (part.type == kCopyDone && part.begins) tell(out, true);
    out.insert(out.end(), part.head.begin(), part.head.end());
    out.insert(out.end(), part.body.begin(), part.body.end());
    if (part.type == kReadyForQuery && part.ends) over_ = true;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - last_reported_ < kReportInterval || over_ || !scan_.at_boundary()) return;
  tell(out, false);
}

void FarDigest::take(const MessageScan::Part& part) {
  if (part.ends && row_.empty()) return take_row(part.body);
  row_.insert(row_.end(), part.body.begin(), part.body.end());
  if (!part.ends) return;
  take_row(row_);
  row_.clear();
}

void FarDigest::take_row(std::span<const std::byte> row) {
  if (binary_ && !header_seen_) {
    const std::optional<std::span<const std::byte>> rest = postgres::without_header(row);
    if (!rest) return;  // no digest is sent then, as the end is missing
    header_seen_ = true;
    row = *rest;
    if (row.empty()) return;
  }
  if (binary_ && postgres::is_trailer(row)) {
    ended_well_ = true;
    return;
  }
  if (!chunk_.has_room_for(row.size())) {
    digest_.see(chunk_);
    chunk_.clear();
  }
  chunk_.append(row);
}

void FarDigest::tell(std::vector<std::byte>& out, bool at_the_end) {
  digest_.see(chunk_);
  chunk_.clear();
  last_reported_ = std::chrono::steady_clock::now();
  // No reader takes a row with such an end for a digest.
  const std::string row =
      at_the_end && !ended_well_ ? "without its end\n" : verify::encode_digest_row(digest_.digest());
  out.push_back(static_cast<std::byte>(kCopyData));
  const auto length = static_cast<std::uint32_t>(row.size() + 4);
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(length >> shift & 0xFF));
  const std::span<const std::byte> text = std::as_bytes(std::span(row));
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace pghaul::link
