#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "failure.h"
#include "login.h"
#include "server.h"

/// The login roles of a writer `app`: `app_a` and `app_b`, members of it, which are used in turn. A session
/// of theirs acts as `app` from its first statement on. Their comments say how far a rotation has come.
namespace pghaul::platform {

/// A writer, and what its login roles are right now.
struct WriterLogins {
  std::string writer;
  std::vector<std::string> existing;      // of `app`, `app_a`, `app_b`
  std::vector<std::string> can_log_in;    // of these
  std::optional<std::string> introduced;  // made by a rotation that has not come to its end
  std::optional<std::string> in_use;      // made by the latest rotation that has
};

/// Returns `app_a` and `app_b` for `app`.
[[nodiscard]] std::array<std::string, 2> login_names(const std::string& writer);
/// Says whether `role` is the writer or one of its login roles.
[[nodiscard]] bool is_login_of(const std::string& role, const std::string& writer);

/// Writes a query for the OIDs of the writers and of their login roles.
[[nodiscard]] std::string oids_with_logins(const Server& server, const std::vector<std::string>& writers);

/// Errors  the writer does not exist, or a role of somebody else has the name of one of its login roles.
[[nodiscard]] Result<WriterLogins> read_logins(Server& server, const std::string& writer);

/// Makes a login role, or gives it the password, in one transaction; with the settings and the connection
/// limit of the writer. The server sees a SCRAM verifier only.
[[nodiscard]] Outcome introduce_login(Server& server, const WriterLogins& logins, const Login& login);
/// Reads the SCRAM verifier that the server has for a role.
[[nodiscard]] Result<std::string> read_verifier(Server& server, const std::string& role);
/// Ends a rotation: `role` is in use, and the other one is not.
[[nodiscard]] Outcome settle_login(Server& server, const WriterLogins& logins, const std::string& role);
/// Makes the writers and their login roles at `to` what they are at `from`: password, login, and how far a
/// rotation has come. Writers that have no login roles are left alone.
[[nodiscard]] Outcome carry_logins(Server& from, Server& to, const std::vector<std::string>& writers);
/// Takes login and password of a role, and ends its sessions.
[[nodiscard]] Outcome end_login(Server& server, const std::string& role);

/// A session of a role.
struct LoginSession {
  std::string process;
  std::string database;
  std::string application;
  std::string client;  // an address; empty: it came through a socket
};
[[nodiscard]] Result<std::vector<LoginSession>> sessions_of_login(Server& server, const std::string& role);

}  // namespace pghaul::platform
