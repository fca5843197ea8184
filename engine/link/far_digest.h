#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "link/message_scan.h"
#include "pipeline/chunk.h"
#include "verify/row_digest.h"

namespace pghaul::link {

/// Takes the rows out of a server's answer to COPY … TO STDOUT, and puts their digest in.
///
/// Threads    one.
class FarDigest {
 public:
  explicit FarDigest(bool binary);

  /// What stays of `bytes`, appended to `out`; whole messages only begin and end the answer.
  void pass(std::span<const std::byte> bytes, std::vector<std::byte>& out);
  /// The server is ready for the next statement.
  [[nodiscard]] bool over() const noexcept { return over_; }

 private:
  void take(const MessageScan::Part& part);
  void take_row(std::span<const std::byte> row);
  void tell(std::vector<std::byte>& out, bool at_the_end);

  MessageScan scan_;
  bool binary_;
  bool header_seen_ = false;
  bool ended_well_;  // COPY BINARY has a trailer
  bool over_ = false;
  std::vector<std::byte> row_;  // that came in several parts
  pipeline::Chunk chunk_;
  verify::RowDigest digest_;
  std::chrono::steady_clock::time_point told_;
};

}  // namespace pghaul::link
