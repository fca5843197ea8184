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

/// Replaces the rows in a server's answer to COPY … TO STDOUT by their digest.
///
/// Threads    one.
class FarDigest {
 public:
  explicit FarDigest(bool binary);

  /// Appends to `out` what stays of `bytes`; the answer itself begins and ends with whole messages.
  void pass(std::span<const std::byte> bytes, std::vector<std::byte>& out);
  /// Tells whether the server is ready for the next statement.
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
  std::vector<std::byte> row_;  // a row that came in several parts
  pipeline::Chunk chunk_;
  verify::RowDigest digest_;
  std::chrono::steady_clock::time_point last_reported_;
};

}  // namespace pghaul::link
