#pragma once

#include <string>
#include <vector>

#include "platform/machine.h"
#include "support/process.h"

namespace pghaul::platform {

/// A PgBouncer on a machine, which includes the file that pghaulctl writes, pghaul.ini.
///
/// Ownership  gone once it is destroyed; the machine outlives it.
class PgBouncer {
 public:
  /// `auth_type`  how it lets clients in; `users` is the text of its file of that name, with their passwords.
  explicit PgBouncer(const Machine& machine, const std::string& auth_type = "trust",
                     const std::string& users = "\"app\" \"\"\n\"postgres\" \"\"\n");
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  /// The entry of an application's `names` for it.
  [[nodiscard]] std::string entry(const std::string& database) const;
  /// The entry for the list of its logins.
  [[nodiscard]] std::string userlist_entry() const;
  /// Runs a command of its console.
  void tell(const std::string& command) const;
  /// Runs a statement through it, by psql.
  [[nodiscard]] support::ProcessResult query(const std::string& database, const std::string& role,
                                             const std::string& sql) const {
    return start(database, role, {sql}).wait();
  }
  /// Starts psql, which runs these through it one after another.
  [[nodiscard]] support::Process start(const std::string& database, const std::string& role,
                                       const std::vector<std::string>& statements) const;

 private:
  const Machine& machine_;
  std::string console_;
};

}  // namespace pghaul::platform
