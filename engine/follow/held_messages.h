#pragma once

#include <cstddef>
#include <deque>
#include <memory_resource>
#include <unordered_map>

#include "changes/message.h"

namespace pghaul::follow {

/// Messages of a feed that are kept for later, in their order: copies, which outlive the feed's own.
///
/// Ownership  owns rows, texts and relations.
/// Threads    one at a time.
class HeldMessages {
 public:
  HeldMessages() = default;
  HeldMessages(const HeldMessages&) = delete;
  HeldMessages& operator=(const HeldMessages&) = delete;

  /// Adds a copy. Origins, types and emitted messages, which say nothing of rows, are left out.
  void add(const changes::Message& message);
  [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }
  /// Returns the number of bytes of rows.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// Takes the first one off. It is good until clear().
  [[nodiscard]] changes::Message take();
  /// Forgets all, and what was taken.
  void clear();

 private:
  [[nodiscard]] changes::Row copy(changes::Row row);
  [[nodiscard]] changes::Truncate copy(const changes::Truncate& truncate);
  [[nodiscard]] const changes::Relation* copy(const changes::Relation& relation);

  std::pmr::monotonic_buffer_resource memory_;
  std::deque<changes::Message> messages_;
  std::deque<changes::Relation> relations_;
  std::unordered_map<std::uint32_t, const changes::Relation*> latest_;  // of each OID, in relations_
  std::size_t bytes_ = 0;
};

}  // namespace pghaul::follow
