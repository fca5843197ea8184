#pragma once

#include <cstddef>

#include "archive/rows_source.h"
#include "pipeline/source.h"

namespace pghaul::estimate {

/// The first rows of one of an archive's files: a sample of it.
///
/// Ownership  none of archive, file and decoder, which must outlive it.
/// Threads    the lane's reader.
/// Errors     as archive::RowsSource.
class FirstRows : public pipeline::Source {
 public:
  /// `bytes`: ends after the chunk with which it has given so many.
  FirstRows(const archive::Reader& archive, const archive::Manifest::Rows& file,
            transport::FrameDecoder& decoder, std::size_t bytes);

  [[nodiscard]] Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override {}

 private:
  archive::RowsSource rows_;
  std::size_t left_;
};

}  // namespace pghaul::estimate
