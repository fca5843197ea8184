#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"

namespace pghaul::job {

/// An empty database on the server of another one, like that in encoding, locale, tablespace and settings.
///
/// It bears a mark. One that a dead process left is dropped before the next is made; never one without the
/// mark, nor one that belongs to another database.
/// Ownership  dropped by drop(), or when destroyed.
class ScratchDatabase {
 public:
  /// Errors  refused when the role may make no databases, or another process uses one.
  [[nodiscard]] static Result<ScratchDatabase> create(const std::string& like, const std::stop_token& stop);
  ~ScratchDatabase();
  ScratchDatabase(ScratchDatabase&&) = default;
  ScratchDatabase& operator=(ScratchDatabase&&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] postgres::ConnectionString connection_string() const { return server_.with_database(name_); }
  /// Describes the other one, for reports.
  [[nodiscard]] const std::string& stands_for() const noexcept { return stands_for_; }
  [[nodiscard]] const std::string& description() const noexcept { return description_; }

  /// Drops it, with the sessions that are left in it.
  [[nodiscard]] Status drop();

 private:
  ScratchDatabase(postgres::ConnectionString server, postgres::Connection connection)
      : server_(std::move(server)),
        connection_(std::make_unique<postgres::Connection>(std::move(connection))) {}
  [[nodiscard]] Status prepare();
  [[nodiscard]] Status drop_left_ones();
  [[nodiscard]] Status make();
  [[nodiscard]] Status drop_one(const std::string& name);
  [[nodiscard]] Status drop_subscriptions(const std::string& name);
  [[nodiscard]] std::string mark() const;

  postgres::ConnectionString server_;
  std::unique_ptr<postgres::Connection> connection_;  // to the other one; nullptr: dropped, or moved from
  std::string name_;                                  // empty: there is none yet
  std::string stands_for_;
  std::string description_;
};

}  // namespace pghaul::job
