#pragma once

#include <string>

#include "base/error.h"
#include "postgres/connection_string.h"
#include "process/private_file.h"
#include "process/run_program.h"

namespace pghaul::schema {

/// Lets a child program connect without a secret in its arguments or environment: the keywords go into a
/// service file, the password into a password file, both without a name and inherited by that child alone.
///
/// Ownership  owns the files: must outlive the child.
/// Source     PostgreSQL manual, libpq, "The Connection Service File", "The Password File".
class ChildConnection {
 public:
  /// `server`: Connection::effective(), so that the child reaches the very same server.
  /// `settings`: for the server session, such as "-c synchronous_commit=off".
  /// Errors  usage: a secret that these files can't hold, such as a password with a line break.
  [[nodiscard]] static Result<ChildConnection> create(const postgres::ConnectionString& server,
                                                      const std::string& settings = {});

  /// Adds what the program needs to connect: --dbname, variables, descriptors.
  void give_to(process::Program& program) const;

 private:
  ChildConnection(std::string conninfo, process::PrivateFile service, process::PrivateFile passwords)
      : conninfo_(std::move(conninfo)), service_(std::move(service)), passwords_(std::move(passwords)) {}

  std::string conninfo_;
  process::PrivateFile service_;
  process::PrivateFile passwords_;
};

}  // namespace pghaul::schema
