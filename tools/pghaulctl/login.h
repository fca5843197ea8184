#pragma once

#include <optional>
#include <string>

namespace pghaul::platform {

/// A user and a password, as something that points at a database has them.
struct Login {
  std::string user;
  std::string password;  // empty: there is none
};

/// Returns the login, or nothing where it has no user.
[[nodiscard]] inline std::optional<Login> if_named(const Login& login) {
  return login.user.empty() ? std::nullopt : std::optional(login);
}

}  // namespace pghaul::platform
