#pragma once

#include <utility>

#include "link/endpoint.h"
#include "postgres/wire.h"

namespace pghaul::link {

/// A server's connection as the end of a channel.
///
/// Threads    one at a time.
class ServerEnd : public Endpoint {
 public:
  explicit ServerEnd(postgres::Wire wire) : wire_(std::move(wire)) {}

  [[nodiscard]] int socket() const override { return wire_.socket(); }
  [[nodiscard]] Result<std::optional<std::size_t>> read(std::span<std::byte> bytes) override {
    return wire_.read(bytes);
  }
  [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> bytes) override { return wire_.write(bytes); }
  [[nodiscard]] bool has_read_ahead() const override { return wire_.has_read_ahead(); }
  void cancel() override { postgres::Lifeline::cancel_soon(wire_.lifeline()); }

 private:
  postgres::Wire wire_;
};

}  // namespace pghaul::link
