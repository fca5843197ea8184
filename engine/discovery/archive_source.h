#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "discovery/source_reader.h"

namespace pghaul::discovery {

/// Reads an archive that is the source. It holds what was left out when it was written, and no statistics.
class ArchiveSource final : public SourceReader {
 public:
  ArchiveSource(Discovery& found, const Options& options, std::stop_token stop, std::string folder)
      : found_(found), options_(options), stop_(std::move(stop)), folder_(std::move(folder)) {}

  [[nodiscard]] Result<int> open() override;
  [[nodiscard]] Status read(const std::vector<schema::Programs>& programs) override;
  [[nodiscard]] Status read_large_objects() override { return {}; }
  void leave_out() override;
  [[nodiscard]] Status read_locale_dependents() override { return {}; }
  [[nodiscard]] Status read_statistics() override { return {}; }

 private:
  [[nodiscard]] Status keep_chosen(const std::vector<schema::Entry>& all);

  Discovery& found_;
  const Options& options_;
  std::stop_token stop_;
  std::string folder_;
};

}  // namespace pghaul::discovery
