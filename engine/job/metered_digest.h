#pragma once

#include "measure/progress.h"
#include "pipeline/tap.h"
#include "verify/row_digest.h"

namespace pghaul::job {

/// Counts rows for the progress display, besides their digest.
class MeteredDigest : public pipeline::Tap {
 public:
  explicit MeteredDigest(measure::Progress& progress) : progress_(&progress) {}
  MeteredDigest(const MeteredDigest&) = delete;
  /// Rows that were not kept will be counted again.
  ~MeteredDigest() override {
    if (kept_) return;
    progress_->bytes.take_back(digest().bytes);
    progress_->rows.take_back(digest().rows);
  }
  void keep() noexcept { kept_ = true; }
  void see(const pipeline::Chunk& chunk) override {
    digest_.see(chunk);
    progress_->bytes.add(chunk.bytes().size());
    progress_->rows.add(chunk.rows());
  }
  [[nodiscard]] const verify::Digest& digest() const noexcept { return digest_.digest(); }

 private:
  verify::RowDigest digest_;
  measure::Progress* progress_;
  bool kept_ = false;
};

}  // namespace pghaul::job
