#include "link/piece_cutter.h"

#include <algorithm>

#include "base/units.h"
#include "transport/columns.h"
#include "transport/copy_messages.h"

namespace pghaul::link {
namespace {

using transport::CopyMessages;

/// Fewer bytes of rows go with what is around them: a frame of their own would cost more than it saves.
constexpr std::size_t kWorthArranging = 2_KiB;

/// Returns the size of the first message, whose head is there.
std::size_t message_bytes(std::span<const std::byte> bytes) {
  return std::max(CopyMessages::bytes_of(bytes), CopyMessages::kHeadBytes);
}

bool whole(std::span<const std::byte> bytes) {
  return bytes.size() >= CopyMessages::kHeadBytes && message_bytes(bytes) <= bytes.size();
}

/// Returns the number of fields of the row at the beginning of the first message; 0: it is no row, or not
/// whole.
std::size_t fields(std::span<const std::byte> bytes) {
  if (!whole(bytes) || bytes.front() != CopyMessages::kType) return 0;
  const std::size_t body = message_bytes(bytes) - CopyMessages::kHeadBytes;
  return transport::Columns::fields(bytes.subspan(CopyMessages::kHeadBytes, body));
}

/// Returns how many of the first bytes are messages with rows of one table.
std::size_t rows_at(std::span<const std::byte> bytes) {
  const std::size_t all = bytes.size();
  const std::size_t columns = fields(bytes);
  if (columns == 0) return 0;
  while (fields(bytes) == columns) bytes = bytes.subspan(message_bytes(bytes));
  return all - bytes.size();
}

}  // namespace

PieceCutter::Piece PieceCutter::next(std::span<const std::byte> bytes) noexcept {
  Piece piece{.bytes = std::min(left_, bytes.size())};
  left_ -= piece.bytes;
  for (;;) {
    const std::span<const std::byte> rest = bytes.subspan(piece.bytes);
    if (rest.size() < CopyMessages::kHeadBytes) return piece;
    const std::size_t message = message_bytes(rest);
    if (!whole(rest)) {
      if (rest.front() == CopyMessages::kType && message <= most_) return piece;
      left_ = message - rest.size();
      piece.bytes = bytes.size();
      return piece;
    }
    const std::size_t rows = rows_at(rest);
    if (rows >= kWorthArranging) return piece.bytes > 0 ? piece : Piece{.bytes = rows, .rows = true};
    piece.bytes += std::max(rows, message);
  }
}

}  // namespace pghaul::link
