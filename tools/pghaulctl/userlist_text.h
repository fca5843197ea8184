#pragma once

#include <string>

/// The text of PgBouncer's auth_file: lines such as "app" "SCRAM-SHA-256$…", a quote in a name doubled.
namespace pghaul::platform {

/// Adds the line of a user at the end, in place of one that it has; the others stay.
[[nodiscard]] std::string with_user(const std::string& text, const std::string& user,
                                    const std::string& secret);
[[nodiscard]] std::string without_user(const std::string& text, const std::string& user);

}  // namespace pghaul::platform
