#include "archive/rows_source.h"

#include <utility>

namespace pghaul::archive {

RowsSource::RowsSource(const Reader& archive, std::vector<const Manifest::Rows*> files,
                       transport::FrameDecoder& decoder)
    : archive_(&archive), files_(std::move(files)), decoder_(&decoder) {}

Status RowsSource::fill(pipeline::Chunk& chunk) {
  while (frames_ || next_ < files_.size()) {
    if (!frames_) {
      Result<transport::File> file = archive_->open_rows(*files_[next_++]);
      if (!file) return fail(file.error());
      file_ = std::move(*file);
      frames_.emplace(*decoder_, *file_);
    }
    if (Status filled = frames_->fill(chunk); !filled || !chunk.empty()) return filled;
    frames_.reset();
  }
  return {};
}

verify::Digest RowsSource::expected() const {
  verify::Digest sum;
  for (const Manifest::Rows* rows : files_) sum += rows->rows_digest();
  return sum;
}

}  // namespace pghaul::archive
