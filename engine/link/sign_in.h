#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pghaul::link {

class LocalSocket;

/// Named texts, as they are sent over the link.
using Fields = std::map<std::string, std::string>;
[[nodiscard]] std::string pack_fields(const Fields& fields);
/// Reads them. Errors  connection_lost: these are none.
[[nodiscard]] Result<Fields> unpack_fields(std::string_view text);
/// Returns a text; empty: there is none of that name.
[[nodiscard]] std::string field_in(const Fields& fields, const std::string& name);
/// Returns a number; 0: there is none, or it is no number.
[[nodiscard]] int number_in(const Fields& fields, const std::string& name);

// An error as it is sent over the link.
[[nodiscard]] std::string pack_error(const Error& error);
[[nodiscard]] Error unpack_error(std::string_view text);

/// The message with which libpq opens a connection.
struct Request {
  enum class Kind { connect, cancel };
  Kind kind = Kind::connect;
  Fields parameters;          // for connect: database, user, options …
  std::uint32_t channel = 0;  // for cancel
};

/// Plays the server's part: declines encryption, which is of no use on a local socket.
[[nodiscard]] Result<Request> read_request(LocalSocket& socket);
/// Returns the messages by which libpq is signed in. `channel` comes back with a cancel request.
[[nodiscard]] std::string welcome(const Fields& server_parameters, int backend_pid, std::uint32_t channel);
/// Renders an ErrorResponse that ends a connection.
[[nodiscard]] std::string error_message(const Error& error);

}  // namespace pghaul::link
