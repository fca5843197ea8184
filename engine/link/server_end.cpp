#include "link/server_end.h"

#include <algorithm>

#include "base/units.h"
#include "verify/remote_digest.h"

namespace pghaul::link {

ServerEnd::ServerEnd(postgres::Wire wire, const std::string& token)
    : wire_(std::move(wire)),
      requests_{verify::digest_request(token, false), verify::digest_request(token, true)} {}

Result<std::optional<std::size_t>> ServerEnd::read(std::span<std::byte> bytes) {
  if (!digest_ && kept_.empty()) return wire_.read(bytes);
  while (kept_.empty()) {
    buffer_.resize(128_KiB);
    const Result<std::optional<std::size_t>> got = wire_.read(buffer_);
    if (!got || !*got || **got == 0) return got;
    digest_->pass(std::span(buffer_).first(**got), kept_);
    if (digest_->over()) digest_.reset();
    if (!digest_ && kept_.empty()) return std::nullopt;
  }
  const std::size_t taken = std::min(bytes.size(), kept_.size());
  std::copy_n(kept_.begin(), taken, bytes.begin());
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(taken));
  return taken;
}

Result<std::size_t> ServerEnd::write(std::span<const std::byte> bytes) {
  const Result<std::size_t> took = wire_.write(bytes);
  if (took) look_at(bytes.first(*took));
  return took;
}

void ServerEnd::look_at(std::span<const std::byte> sent) {
  constexpr char kQuery = 'Q';
  while (!sent.empty()) {
    const MessageScan::Part part = scan_.next(sent);
    if (part.type != kQuery) continue;
    const std::size_t room = requests_[1].size() - std::min(statement_.size(), requests_[1].size());
    const std::size_t taken = std::min(room, part.body.size());
    statement_.append(reinterpret_cast<const char*>(part.body.data()), taken);
    if (!part.ends) continue;
    for (const bool binary : {false, true}) {
      if (statement_.starts_with(requests_[binary ? 1 : 0])) digest_.emplace(binary);
    }
    statement_.clear();
  }
}

}  // namespace pghaul::link
