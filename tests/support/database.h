#pragma once

#include <string>

namespace pghaul::support {

class Cluster;

/// An empty database for one test, under a name that no other process of a test run uses.
///
/// Role       its owner, a superuser, or what ordinary_role.h says.
/// Ownership  dropped, with whoever is connected to it, when destroyed; the cluster outlives it.
/// Errors     throws std::runtime_error with what psql says.
class Database {
 public:
  /// `options` as for Cluster::create_database().
  explicit Database(const Cluster& cluster, const std::string& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string uri() const;
  [[nodiscard]] std::string tcp_uri() const;
  /// Runs Cluster::psql() in this database.
  std::string psql(const std::string& sql) const;

 private:
  const Cluster& cluster_;
  std::string name_;
  std::string role_;
};

}  // namespace pghaul::support
