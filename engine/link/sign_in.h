#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pghaul::link {

class LocalSocket;

/// Named texts, as they go over the link.
using Words = std::map<std::string, std::string>;
[[nodiscard]] std::string pack_words(const Words& words);
/// Errors  connection_lost: these are no words.
[[nodiscard]] Result<Words> unpack_words(std::string_view text);
/// Empty: there is none of that name.
[[nodiscard]] std::string word_in(const Words& words, const std::string& name);
/// 0: there is none, or it is no number.
[[nodiscard]] int number_in(const Words& words, const std::string& name);

/// An error over the link and back.
[[nodiscard]] std::string pack_error(const Error& error);
[[nodiscard]] Error unpack_error(std::string_view text);

/// What libpq opens a connection with.
struct Request {
  enum class Kind { connect, cancel };
  Kind kind = Kind::connect;
  Words parameters;           // of connect: database, user, options …
  std::uint32_t channel = 0;  // of cancel
};

/// Plays the server's part: declines encryption, which has its place elsewhere.
[[nodiscard]] Result<Request> read_request(LocalSocket& socket);
/// That libpq is in. `channel` comes back with a cancel request.
[[nodiscard]] std::string welcome(const Words& server_parameters, int backend_pid, std::uint32_t channel);
/// An ErrorResponse that ends a connection.
[[nodiscard]] std::string error_message(const Error& error);

}  // namespace pghaul::link
