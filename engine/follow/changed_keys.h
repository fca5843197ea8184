#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "changes/message.h"

namespace pghaul::follow {

/// Rows of a table by their keys; or all rows of it.
///
/// Ownership  owns its texts.
/// Threads    one at a time.
class TableKeys {
 public:
  /// `columns`: of the key; none: all rows.
  explicit TableKeys(std::vector<std::string> columns) : columns_(std::move(columns)) {
    if (!columns_.empty()) rows_ = std::make_unique<Rows>();
  }

  /// Tells whether all rows are meant.
  [[nodiscard]] bool whole() const noexcept { return rows_ == nullptr; }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t size() const noexcept { return whole() ? 0 : rows_->keys.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  /// Adds a key: the texts of its columns, with a zero byte after each. Returns by how much bytes() grew.
  std::size_t add(std::string_view key);
  void add_all();
  void add(const TableKeys& other);

  /// Calls `take` with the keys, at most `most` at a time; each key is the texts of its columns.
  template <typename Take>
  [[nodiscard]] auto for_each_batch(std::size_t most, Take&& take) const -> decltype(take({})) {
    std::vector<std::vector<std::string_view>> batch;
    std::size_t left = size();
    if (whole()) return {};
    for (const std::string_view key : rows_->keys) {
      batch.push_back(split(key));
      --left;
      if (batch.size() < most && left > 0) continue;
      if (auto done = take(batch); !done) return done;
      batch.clear();
    }
    return {};
  }
  [[nodiscard]] static std::vector<std::string_view> split(std::string_view key);

 private:
  struct Rows {
    std::pmr::monotonic_buffer_resource memory;
    std::pmr::unordered_set<std::string_view> keys{&memory};
  };

  std::vector<std::string> columns_;
  std::unique_ptr<Rows> rows_;
  std::size_t bytes_ = 0;
};

/// The rows that a live copy has changed on its target and not compared since, by table (its OID on the
/// source).
///
/// Keys are noted as changes come. cut(), at a barrier, makes what was noted until then due: at that state
/// both sides are to hold the same rows. What a round takes and does not find equal is given back.
///
/// Memory   `most_bytes`; the table whose keys take most of it counts as changed as a whole from then on.
/// Threads  any.
class ChangedKeys {
 public:
  using Tables = std::map<std::uint32_t, TableKeys>;

  explicit ChangedKeys(std::size_t most_bytes = std::size_t{64} << 20) : most_bytes_(most_bytes) {}

  /// Notes what the message changes, if it changes rows. Returns the tables of which it is the first change
  /// since the last cut: set_recorded() has to be called for them, or they are returned again.
  [[nodiscard]] std::vector<std::uint32_t> note(const changes::Message& message);
  void set_recorded(std::uint32_t table);
  void note_whole(std::uint32_t table);

  /// Makes due what has been noted.
  void cut();
  void add_due(std::uint32_t table, TableKeys keys);
  [[nodiscard]] Tables take_due();
  /// Calls `forget` with those of `tables` that have not been changed since the last cut and are not due;
  /// none changes meanwhile.
  template <typename Forget>
  void forget(const std::vector<std::uint32_t>& tables, Forget&& forget) {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint32_t> unchanged;
    for (const std::uint32_t table : tables) {
      if (!noted_.contains(table) && !due_.contains(table)) unchanged.push_back(table);
    }
    forget(unchanged);
  }

  /// Returns how many keys have been noted since the last cut.
  [[nodiscard]] std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  struct Noted {
    TableKeys keys;
    bool recorded = false;
  };
  template <typename Change>
  [[nodiscard]] bool note_change(const Change& change);
  [[nodiscard]] bool note_all_of(const changes::Relation& relation);
  [[nodiscard]] Noted& noted(const changes::Relation& relation);
  void add_key(const changes::Relation& relation, Noted& noted, changes::Row row, changes::Row old);
  void keep_to_limit();

  const std::size_t most_bytes_;
  std::mutex mutex_;  // for what follows
  std::map<std::uint32_t, Noted> noted_;
  Tables due_;
  std::size_t bytes_ = 0;  // of both
  std::string key_;
  std::atomic<std::size_t> count_ = 0;
};

}  // namespace pghaul::follow
