#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/sink.h"

namespace pghaul::support {

/// Counts the rows it is given.
class CountingSink : public pipeline::Sink {
 public:
  Status drain(const pipeline::Chunk& chunk) override;
  Status finish() override { return {}; }
  void abandon(const std::string&) noexcept override {}
  void cancel() noexcept override {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

/// Keeps the rows it is given, and how it ended; on request it fails on the way.
class MemorySink : public pipeline::Sink {
 public:
  /// drain() fails with `failure` instead of taking more than `rows` rows.
  void fail_after(std::size_t rows, Error failure);
  void fail_to_finish(Error failure);

  Status drain(const pipeline::Chunk& chunk) override;
  Status finish() override;
  void abandon(const std::string& reason) noexcept override { abandoned_ = reason; }
  void cancel() noexcept override {}

  [[nodiscard]] const std::vector<std::vector<std::byte>>& rows() const noexcept { return rows_; }
  [[nodiscard]] bool finished() const noexcept { return finished_; }
  /// The reason given, if any.
  [[nodiscard]] const std::optional<std::string>& abandoned() const noexcept { return abandoned_; }

 private:
  std::vector<std::vector<std::byte>> rows_;
  std::size_t takes_ = 0;
  std::optional<Error> failure_;
  std::optional<Error> finish_failure_;
  bool finished_ = false;
  std::optional<std::string> abandoned_;
};

}  // namespace pghaul::support
