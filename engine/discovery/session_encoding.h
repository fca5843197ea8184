#pragma once

#include <string>

#include "discovery/endpoints.h"
#include "postgres/connection_string.h"

namespace pghaul::discovery {

/// Returns the encoding in which texts of databases of two encodings are comparable: where one of them says
/// nothing of its bytes, nothing is converted.
[[nodiscard]] std::string common_encoding(const std::string& one, const std::string& other);

/// Returns the same address; all sessions that are opened by it have this client_encoding, whatever
/// Connection::open() is given.
[[nodiscard]] postgres::ConnectionString in_encoding(const postgres::ConnectionString& server,
                                                     const std::string& encoding);

/// Returns the ends such that the sessions of both have one encoding, so that a name or a key that is read at
/// one end is the same at the other. Ends of databases of the same encoding stay as they are.
[[nodiscard]] Endpoints in_common_encoding(const Endpoints& ends, const std::string& source,
                                           const std::string& target);

}  // namespace pghaul::discovery
