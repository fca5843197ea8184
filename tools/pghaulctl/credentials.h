#pragma once

#include <string>
#include <vector>

#include "fleet.h"
#include "login_roles.h"

/// The rotation of the credentials of one writer, of which the application's names hold the login.
namespace pghaul::platform {

struct Rotation {
  WriterLogins logins;
  std::vector<Pointer*> names;    // log in as the writer, or as one of its login roles
  std::vector<Pointer*> poolers;  // log in by what their clients log in by
  std::vector<Pointer*> lists;    // hold the logins that such poolers let in
  std::string current;            // the role that the application logs in as
  Login next;                     // without a password: one is to be made
};

/// Names a pointer without the connection to its console, in which a password may stand.
[[nodiscard]] std::string shown_label(const Pointer& name);

/// Lists the names that log in as the writer, or as one of its login roles.
///
/// Errors  one of the names points at `live` and has no user, so that nobody knows whose it is. A pooler may,
///         if there is a list of the logins that it lets in.
[[nodiscard]] Result<std::vector<Pointer*>> names_of_writer(Fleet& fleet, const std::string& writer);

/// Finds out what is to be done, and goes on with a rotation that was interrupted. Changes nothing.
///
/// Errors  it could not be carried through: the writer is closed out by maintenance, a file can't be replaced
/// or
///         everybody may read it, another application logs in as the same writer.
[[nodiscard]] Result<Rotation> plan_rotation(Fleet& fleet, Member& live, const std::string& writer);

/// Makes the next login, shows that the server lets it in, and writes it into all lists and names. The
/// earlier one stays valid.
///
/// Errors  PGHAUL_EXIT_STOPPED: some names have the next one, the others the earlier one.
[[nodiscard]] Outcome rotate(Member& live, Rotation& rotation);

/// Lists the roles that could log in for the writer when the rotation was planned, besides `used`.
[[nodiscard]] std::vector<std::string> earlier_logins(const Rotation& rotation, const std::string& used);

}  // namespace pghaul::platform
