#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pghaul::support {

struct ClusterOptions {
  std::vector<std::pair<std::string, std::string>> settings;  // of postgresql.conf
  std::string bin_dir;                                        // empty: the newest PostgreSQL installed
  std::string standby_of;                                     // a server's URI: a hot standby of it
};

/// A PostgreSQL server of its own in a folder of its own, by tools/throwaway-server. Superuser postgres, no
/// passwords, fsync off unless set.
///
/// Ownership  server and folder are gone once it is destroyed, and soon after this process dies a sudden
/// death. Errors     throws std::runtime_error with what the server logged: for tests only.
class Cluster {
 public:
  explicit Cluster(const ClusterOptions& options = {});
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Returns the address of a database by the server's socket.
  [[nodiscard]] std::string uri(const std::string& database, const std::string& role = "postgres") const;
  /// Returns the address of a database by TCP to 127.0.0.1.
  [[nodiscard]] std::string tcp_uri(const std::string& database, const std::string& role = "postgres") const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& socket_dir() const noexcept { return socket_dir_; }
  /// Returns the folder with everything of it: data, log.
  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }

  /// `options` as CREATE DATABASE takes them: encoding 'LATIN1' …; a template comes first.
  void create_database(const std::string& name, const std::string& options = {}) const;
  /// Runs statements by psql, stopping at the first error; gives the rows, fields separated by '|', without
  /// the last line's end.
  std::string psql(const std::string& database, const std::string& sql,
                   const std::string& role = "postgres") const;

  /// Stops it if it runs, and starts it with the same settings on the same port.
  void restart();
  /// Stops it as if the machine had gone down: the next start has to recover.
  void stop_immediate();

 private:
  struct RunningElsewhere {
    std::string folder;
  };
  explicit Cluster(RunningElsewhere elsewhere);
  static Cluster shared(const std::string& end);
  friend const Cluster& shared_source();
  friend const Cluster& shared_target();

  void read_details(const std::string& lines);

  std::string folder_;
  bool owned_ = true;
  std::string uri_;
  std::string tcp_uri_;
  std::string socket_dir_;
  std::string psql_;
  std::uint16_t port_ = 0;
};

/// Two servers for tests that are content with a Database of their own. Under CTest all tests of a run, each
/// a process, share them; otherwise they start on first use and are gone when the process is. Roles are
/// shared: name yours after your test, and drop them.
[[nodiscard]] const Cluster& shared_source();
[[nodiscard]] const Cluster& shared_target();

}  // namespace pghaul::support
