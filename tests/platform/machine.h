#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace pghaul::platform {

/// Says whether `part` is in `text`.
[[nodiscard]] inline testing::AssertionResult says(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

/// A machine's worth of Debian clusters and applications in a folder of their own; nothing of /etc is
/// touched.
///
/// Ownership  clusters and folder are gone once it is destroyed.
/// Errors     throws std::runtime_error with what a program said.
class Machine {
 public:
  Machine();
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// The oldest major version that is installed.
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Starts a client that inserts one row after the other into orders by the service shop, and prints those
  /// that were acknowledged, until there is a file `stop` in the folder.
  [[nodiscard]] std::unique_ptr<support::Process> start_writer() const;
  /// Makes a cluster of that version, and starts it.
  void create_cluster(const std::string& name) const;
  /// Makes one with wal_level = logical, and in it a database shop of a role app, with a table of 1,000 orders
  /// whose numbers are negative; the service shop leads there.
  void create_shop(const std::string& name) const;
  /// Makes another that follows it, under the name of its cluster.
  void create_follower(const std::string& name, const std::string& leader) const;
  /// Starts or stops a cluster: "start", "stop".
  void control(const std::string& name, const std::string& action) const;
  /// Reads what pg_lsclusters tells of a cluster: "port", "pgdata".
  [[nodiscard]] std::string property(const std::string& cluster, const std::string& member) const;

  /// Runs statements as the superuser by psql; returns rows, fields separated by '|'.
  std::string psql(const std::string& cluster, const std::string& database, const std::string& sql) const;
  /// Returns a connection string, for a role.
  [[nodiscard]] std::string connection(const std::string& cluster, const std::string& database,
                                       const std::string& role) const;

  /// Writes a file; returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  /// Writes a file that only the clusters' owner may read.
  std::string write_secret(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& name) const;

  /// Runs the command on this machine.
  [[nodiscard]] support::ProcessResult pghaulctl(const std::vector<std::string>& arguments) const;
  [[nodiscard]] support::Environment environment() const;

  /// Runs a program as the clusters' owner; returns what it wrote.
  std::string run(const std::vector<std::string>& argv) const;

 private:
  std::string folder_;
  std::string version_;
};

}  // namespace pghaul::platform
