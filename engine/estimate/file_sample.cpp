#include "estimate/file_sample.h"

#include <algorithm>

namespace pghaul::estimate {

FirstRows::FirstRows(const archive::Reader& archive, const archive::Manifest::Rows& file,
                     transport::FrameDecoder& decoder, std::size_t bytes)
    : rows_(archive, {&file}, decoder), left_(bytes) {}

Status FirstRows::fill(pipeline::Chunk& chunk) {
  if (left_ == 0) return {};
  if (Status filled = rows_.fill(chunk); !filled) return filled;
  left_ -= std::min(left_, chunk.bytes().size());
  return {};
}

}  // namespace pghaul::estimate
