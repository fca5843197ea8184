#pragma once

#include <optional>
#include <vector>

#include "archive/reader.h"
#include "pipeline/source.h"
#include "transport/frame_decoder.h"
#include "transport/frame_reader.h"

namespace pghaul::archive {

/// The rows of one or several files, one after another.
///
/// Ownership  none of archive, files and decoder, which must outlive it.
/// Threads    the lane's reader; expected() any.
/// Errors     system, with the file and the frame.
class RowsSource : public pipeline::Source {
 public:
  RowsSource(const Reader& archive, std::vector<const Manifest::Rows*> files,
             transport::FrameDecoder& decoder);

  [[nodiscard]] Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override {}

  /// Returns the manifest's digest of all of its rows together.
  [[nodiscard]] verify::Digest expected() const;

 private:
  const Reader* archive_;
  std::vector<const Manifest::Rows*> files_;
  transport::FrameDecoder* decoder_;
  std::size_t next_ = 0;
  std::optional<transport::File> file_;
  std::optional<transport::FrameReader> frames_;
};

}  // namespace pghaul::archive
