#pragma once

#include <stop_token>
#include <utility>
#include <vector>

#include "discovery/line_measurement.h"
#include "discovery/source_reader.h"

namespace pghaul::discovery {

/// Pieces of about the same size in which large objects are copied.
inline constexpr int kLargeObjectRanges = 16;

/// Reads a server that is the source, as of one snapshot, with locks on its tables.
class ServerSource final : public SourceReader {
 public:
  ServerSource(Discovery& found, const Options& options, Endpoint source, std::stop_token stop)
      : found_(found), options_(options), source_(std::move(source)), stop_(std::move(stop)) {}

  [[nodiscard]] Result<int> open() override;
  /// Errors  refused when the source keeps changing its tables.
  [[nodiscard]] Status read(const std::vector<schema::Programs>& programs) override;
  [[nodiscard]] Status read_large_objects() override;
  void leave_out() override;
  [[nodiscard]] Status read_locale_dependents() override;
  [[nodiscard]] Status read_statistics() override;

 private:
  [[nodiscard]] Status hold_snapshot();
  [[nodiscard]] Result<bool> read_once(const std::vector<schema::Programs>& programs);
  [[nodiscard]] Status read_catalog(std::optional<catalog::Catalog> everything);
  [[nodiscard]] Result<bool> lock_unchanged();

  Discovery& found_;
  const Options& options_;
  Endpoint source_;
  std::stop_token stop_;
  LineMeasurement line_;
};

}  // namespace pghaul::discovery
