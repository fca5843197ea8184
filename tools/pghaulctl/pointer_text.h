#pragma once

#include <optional>
#include <string>

#include "address.h"
#include "login.h"

/// The files that point at a database, as texts: what stands in them, and what they are with another address.
namespace pghaul::platform {

/// The section [SECTION] of a pg_service.conf; nothing: there is no such section.
[[nodiscard]] std::optional<Address> read_service(const std::string& text, const std::string& section);
/// Everything but host, port and dbname of that section stays as it is.
[[nodiscard]] std::string write_service(const std::string& text, const std::string& section,
                                        const Address& address);

/// The line "NAME = host=… port=… dbname=…" of a file that PgBouncer's pgbouncer.ini includes.
[[nodiscard]] std::optional<Address> read_pool(const std::string& text, const std::string& name);
/// Adds the line where there is none; its other keywords stay.
[[nodiscard]] std::string write_pool(const std::string& text, const std::string& name,
                                     const Address& address);
[[nodiscard]] std::string remove_pool(const std::string& text, const std::string& name);

/// The line "VARIABLE=postgres://user@host:port/database" of a file of variables.
[[nodiscard]] std::optional<Address> read_variable(const std::string& text, const std::string& variable);
[[nodiscard]] std::string write_variable(const std::string& text, const std::string& variable,
                                         const Address& address);

/// The user and the password of the same entries; nothing: there is no such entry, or it names no user.
[[nodiscard]] std::optional<Login> read_service_login(const std::string& text, const std::string& section);
[[nodiscard]] std::optional<Login> read_pool_login(const std::string& text, const std::string& name);
[[nodiscard]] std::optional<Login> read_variable_login(const std::string& text, const std::string& variable);
/// Everything else of the entry stays as it is.
[[nodiscard]] std::string write_service_login(const std::string& text, const std::string& section,
                                              const Login& login);
[[nodiscard]] std::string write_pool_login(const std::string& text, const std::string& name,
                                           const Login& login);
[[nodiscard]] std::string write_variable_login(const std::string& text, const std::string& variable,
                                               const Login& login);

}  // namespace pghaul::platform
