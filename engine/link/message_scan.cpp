#include "link/message_scan.h"

#include <algorithm>

namespace pghaul::link {

MessageScan::Part MessageScan::next(std::span<const std::byte>& bytes) noexcept {
  Part part;
  part.begins = head_bytes_ == 0 && !bytes.empty();
  const std::size_t head = std::min(kHeadBytes - head_bytes_, bytes.size());
  std::copy_n(bytes.begin(), head, head_.begin() + static_cast<std::ptrdiff_t>(head_bytes_));
  head_bytes_ += head;
  part.head = bytes.first(head);
  bytes = bytes.subspan(head);
  part.type = static_cast<char>(head_[0]);
  if (head_bytes_ < kHeadBytes) return part;
  if (head > 0) {
    std::size_t length = 0;
    for (std::size_t i = 1; i < kHeadBytes; ++i)
      length = length << 8 | std::to_integer<std::size_t>(head_[i]);
    body_left_ = length < 4 ? 0 : length - 4;
  }
  const std::size_t body = std::min(body_left_, bytes.size());
  part.body = bytes.first(body);
  bytes = bytes.subspan(body);
  body_left_ -= body;
  part.ends = body_left_ == 0;
  if (part.ends) head_bytes_ = 0;
  return part;
}

}  // namespace pghaul::link
