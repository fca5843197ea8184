#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "follow/server_feed.h"
#include "follow/strict_applier.h"
#include "live/logical_server.h"
#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::live {

/// Two databases with the same tables, of which one follows the other. The publication has all tables.
///
/// Errors  functions that give no Status throw std::runtime_error: for tests only.
class Followed {
 public:
  /// `schema`: SQL that both get.
  explicit Followed(const std::string& schema, const support::Cluster& source = logical_server(),
                    const support::Cluster& target = logical_server());
  ~Followed();
  Followed(const Followed&) = delete;
  Followed& operator=(const Followed&) = delete;

  using Options = follow::StrictApplier::Options;

  /// Applies what has been committed on the source until now, in this thread, until the target says that it
  /// is durable. Of `options`, those of time are other ones.
  [[nodiscard]] Status catch_up(const Options& options = {});
  /// Returns the number of batches that the last catch_up() had to apply again change by change.
  [[nodiscard]] std::size_t replays() const noexcept { return replays_; }
  /// Follows until `stop` is requested.
  [[nodiscard]] Status follow(std::stop_source& stop);
  /// Runs catch_up() in a process of its own, which ends itself by SIGKILL after so many items of the feed.
  void catch_up_and_die(std::size_t items, const Options& options) const;

  [[nodiscard]] const support::Database& source() const { return source_; }
  [[nodiscard]] const support::Database& target() const { return target_; }
  [[nodiscard]] const std::string& slot() const { return slot_; }
  [[nodiscard]] Lsn position() const;
  /// Returns what psql prints of `query` on the source and on the target.
  [[nodiscard]] std::pair<std::string, std::string> both(const std::string& query) const;

 private:
  support::Database source_;
  support::Database target_;
  std::string slot_;
  std::size_t replays_ = 0;
};

/// Makes the publication of all tables, and the slot of a source; returns where the slot's changes begin.
[[nodiscard]] Lsn begin_following(const std::string& source, const std::string& slot);
/// Says on the target that it holds all that the source had committed before `from`.
void set_progress(const std::string& source, const std::string& target, const std::string& slot, Lsn from);
/// Applies what has been committed on the source until now, until the target says that it is durable.
[[nodiscard]] Status follow_until_now(const std::string& source, const std::string& target,
                                      const std::string& slot, const Followed::Options& options = {},
                                      std::size_t* replays = nullptr);

/// The other half of catch_up_and_die(), as main() gets it.
[[nodiscard]] int follow_and_die(const std::string& source, const std::string& target,
                                 const std::string& slot, std::size_t items,
                                 const Followed::Options& options);

}  // namespace pghaul::live
