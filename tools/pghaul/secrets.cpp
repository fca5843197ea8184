#include "secrets.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pghaul::command {

namespace {

void cover(char* begin, char* end) {
  std::fill(begin, end, 'x');
}

/// Hides the password in scheme://user:PASSWORD@host/database?PARAMETERS: it may hold any character, even '@'
/// and '?', and a parameter's name may be percent-encoded.
void hide_in_uri(char* authority) {
  char* const end = authority + std::strlen(authority);
  char* const host = std::find(std::reverse_iterator(end), std::reverse_iterator(authority), '@').base();
  char* const password = std::find(authority, host, ':');
  if (password != host) cover(password + 1, host - 1);
  char* const parameters = std::find(host, end, '?');
  const std::string_view given(parameters, static_cast<std::size_t>(end - parameters));
  const bool doubtful = given.find("password") != given.npos || given.find('%') != given.npos;
  if (doubtful) cover(parameters + 1, end);
}

}  // namespace

void hide_secrets(char* argument) {
  const std::string_view text = argument;
  const bool is_uri = text.starts_with("postgresql://") || text.starts_with("postgres://");
  char* const scheme = std::strstr(argument, "://");  // of what is no URI to libpq, a password may hold it
  char* const keyword = is_uri ? nullptr : std::strstr(argument, "password");
  if (keyword != nullptr) cover(keyword + 8, argument + std::strlen(argument));
  if (scheme != nullptr && keyword == nullptr) hide_in_uri(scheme + 3);
}

}  // namespace pghaul::command
