#pragma once

#include <memory>
#include <string>

#include "support/process.h"

namespace pghaul::support {

class Cluster;
class Database;

/// A PgBouncer of its own before a server, with its defaults: it takes no startup parameter `options`.
///
/// Ownership  ended when destroyed; the server outlives it.
/// Errors     throws std::runtime_error when it can't be started; see is_installed().
class Pooler {
 public:
  Pooler(const Cluster& server, const std::string& mode, int pool_size = 20);
  ~Pooler();
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;

  [[nodiscard]] static bool is_installed();

  /// Returns how to connect to a database by it. `to("pgbouncer")` is the admin console.
  [[nodiscard]] std::string to(const std::string& database) const;
  [[nodiscard]] std::string to(const Database& database) const;
  /// Returns the included file with the lines of its databases: at first one for all of the server's.
  [[nodiscard]] std::string databases_file() const { return folder_ + "/databases.ini"; }
  /// Returns what it has logged.
  [[nodiscard]] std::string log() const;

 private:
  std::string folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace pghaul::support
