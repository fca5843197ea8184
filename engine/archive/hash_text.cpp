#include "archive/hash_text.h"

#include <fmt/format.h>

#include "transport/frame_header.h"

namespace pghaul::archive {

std::string hash_text(std::string_view content) {
  const transport::Hash128 hash = transport::hash128(std::as_bytes(std::span(content)));
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

}  // namespace pghaul::archive
