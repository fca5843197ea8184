#include "verify/ledger.h"

#include <fmt/format.h>

namespace pghaul::verify {

const char* mode_name(Mode mode) noexcept {
  switch (mode) {
    case Mode::none:
      return "none";
    case Mode::counts:
      return "counts";
    case Mode::checksums:
      return "checksums";
  }
  return "unknown";
}

std::uint32_t Ledger::sent(catalog::Place relation, const Digest& digest, double seconds) {
  const std::lock_guard lock(mutex_);
  Tally& tally = lines_[relation];
  tally.sent += digest;
  tally.seconds += seconds;
  return ++tally.sent_parts;
}

void Ledger::came_back(catalog::Place relation, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  lines_[relation].came_back += digest;
  ++lines_[relation].came_back_parts;
}

void Ledger::computed_sent(catalog::Place relation, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  computed_[relation].sent += digest;
  ++computed_[relation].sent_parts;
}

void Ledger::computed_came_back(catalog::Place relation, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  computed_[relation].came_back += digest;
  ++computed_[relation].came_back_parts;
}

void Ledger::large_objects_sent(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  large_objects_.sent += digest;
  ++large_objects_.sent_parts;
}

void Ledger::large_objects_came_back(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  large_objects_.came_back += digest;
  ++large_objects_.came_back_parts;
}

Ledger::Tally Ledger::tally(catalog::Place relation) const {
  const std::lock_guard lock(mutex_);
  return lines_[relation];
}

Ledger::Tally Ledger::computed(catalog::Place relation) const {
  const std::lock_guard lock(mutex_);
  return computed_[relation];
}

Ledger::Tally Ledger::large_objects() const {
  const std::lock_guard lock(mutex_);
  return large_objects_;
}

std::string difference(const Digest& source, const Digest& target, Mode mode) {
  if (mode == Mode::none) return {};
  if (source.rows != target.rows)
    return fmt::format("source has {} rows, target {}", source.rows, target.rows);
  if (mode == Mode::counts || source == target) return {};
  return fmt::format("both have {} rows, but their contents differ (digest {} against {})", source.rows,
                     source.hex(), target.hex());
}

}  // namespace pghaul::verify
