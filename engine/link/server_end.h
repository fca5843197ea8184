#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "link/endpoint.h"
#include "link/far_digest.h"
#include "link/message_scan.h"
#include "postgres/wire.h"

namespace pghaul::link {

/// A server's connection as the end of a channel. Where a statement asks for it, rows stay here and their
/// digest is sent.
///
/// Threads    one at a time.
class ServerEnd : public Endpoint {
 public:
  /// `token`: the token of verify::digest_request().
  ServerEnd(postgres::Wire wire, const std::string& token);

  [[nodiscard]] int socket() const override { return wire_.socket(); }
  [[nodiscard]] Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) override;
  [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes) override;
  [[nodiscard]] bool has_read_ahead() const override { return !kept_.empty() || wire_.has_read_ahead(); }
  void cancel() override { wire_.lifeline()->cancel_soon(); }

 private:
  void look_at(std::span<const std::byte> sent);

  postgres::Wire wire_;
  const std::string requests_[2];  // for a digest of text, of binary
  MessageScan scan_;               // tracks what is sent to the server
  std::string statement_;          // the beginning of the one that is being sent
  std::optional<FarDigest> digest_;
  std::vector<std::byte> buffer_;
  std::vector<std::byte> kept_;  // bytes that did not fit where they were to be read into
};

}  // namespace pghaul::link
