#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <variant>
#include <vector>

#include "changes/message.h"

namespace pghaul::follow {

/// Changes of one transaction or of several that follow each other, in the source's order: copies, which
/// outlive the feed's messages.
///
/// Ownership  owns rows and texts. Relations are those that it is given with each change, which outlive it.
/// Memory     that of its rows, and 24 bytes for each value.
/// Threads    one at a time.
class Batch {
 public:
  struct Entry {
    std::uint32_t xid = 0;
    std::variant<changes::Insert, changes::Update, changes::Delete, changes::Truncate, changes::Commit> what;
  };

  Batch() = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void add(std::uint32_t xid, const changes::Insert& insert, const changes::Relation& relation);
  void add(std::uint32_t xid, const changes::Update& update, const changes::Relation& relation);
  void add(std::uint32_t xid, const changes::Delete& removed, const changes::Relation& relation);
  void add(std::uint32_t xid, const changes::Truncate& truncate,
           std::span<const changes::Relation* const> relations);
  void add(std::uint32_t xid, const changes::Commit& commit);
  void clear();

  [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }
  [[nodiscard]] bool has_changes() const noexcept { return entries_.size() > transactions_; }
  /// Returns the number of transactions that end in it.
  [[nodiscard]] std::size_t transactions() const noexcept { return transactions_; }
  /// Returns how many of its first entries are those of transactions that end in it.
  [[nodiscard]] std::size_t whole_entries() const noexcept { return whole_entries_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  [[nodiscard]] changes::Row copy(changes::Row row);

  std::pmr::monotonic_buffer_resource memory_;
  std::vector<Entry> entries_;
  std::size_t transactions_ = 0;
  std::size_t whole_entries_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace pghaul::follow
