#include "postgres/connection_string.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace pghaul::postgres {
namespace {

bool is_bare_database_name(const std::string& text) {
  return text.find('=') == std::string::npos && !text.starts_with("postgresql://") &&
         !text.starts_with("postgres://");
}

/// Detects a password with / or @ that is not percent-encoded: libpq takes a part of it for a host, a port or
/// a database, which are shown. Such a URI has an @ too many.
bool has_stray_at(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || is_bare_database_name(std::string(text))) return false;
  if (!text.starts_with("postgres")) return false;  // keywords and values
  text.remove_prefix(scheme + 3);
  const std::string_view address = text.substr(0, text.find_first_of("/?"));
  const std::string_view path = text.substr(address.size(), text.find('?') - address.size());
  return std::ranges::count(address, '@') > 1 || path.find('@') != std::string_view::npos;
}

bool is_port(std::string_view text) {
  return text.find_first_not_of("0123456789,") == std::string_view::npos;
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

}  // namespace

Result<ConnectionString> ConnectionString::parse(const std::string& text) {
  ConnectionString parsed;
  if (is_bare_database_name(text)) {
    if (!text.empty()) parsed.keywords_["dbname"] = text;
    return parsed;
  }
  if (has_stray_at(text)) {
    return fail(
        ErrorCode::usage, "a connection string has an @ where a URI has none",
        "percent-encode special characters of the user, the password and the database: / is %2F, @ is "
        "%40");
  }
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(text.c_str(), &complaint));
  PQfreemem(complaint);  // may quote the text, and with it a password: not shown
  if (!options) {
    return fail(ErrorCode::usage, "a connection string is neither a URI nor keywords and values",
                "write postgresql://user@host:port/database, \"host=… dbname=…\" or \"service=…\"; "
                "percent-encode special characters in a URI");
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parsed.keywords_[option->keyword] = option->val;
  }
  parsed.keywords_.erase("client_encoding");  // pghaul chooses it: see Connection::open()
  if (const auto port = parsed.keywords_.find("port");
      port != parsed.keywords_.end() && !is_port(port->second)) {
    return fail(ErrorCode::usage, "the port of a connection string is no number",  // it may be of a password
                "percent-encode special characters of a URI's user and password: / is %2F, @ is %40");
  }
  return parsed;
}

std::string ConnectionString::text() const {
  std::string text;
  for (const auto& [keyword, value] : keywords_) {
    text += (text.empty() ? "" : " ") + keyword + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += '\'';
  }
  return text;
}

ConnectionString ConnectionString::with_database(const std::string& database) const {
  ConnectionString other = *this;
  other.keywords_["dbname"] = database;
  return other;
}

ConnectionString ConnectionString::with_setting(const std::string& name, const std::string& value) const {
  ConnectionString other = *this;
  std::string& options = other.keywords_["options"];
  const char* const given = std::getenv("PGOPTIONS");  // libpq takes either the one or the other
  if (options.empty() && given != nullptr) options = given;
  options += (options.empty() ? "-c " : " -c ") + name + "=";
  for (const char c : value) {
    if (c == '\\' || std::isspace(static_cast<unsigned char>(c)) != 0) options += '\\';
    options += c;
  }
  return other;
}

ConnectionString ConnectionString::marked(const std::string& name, const std::string& mark) const {
  constexpr std::size_t kLongest = 40;  // the server truncates at 63 bytes
  const char* set = std::getenv("PGAPPNAME");
  std::string whole = set == nullptr || *set == '\0' ? name : set;
  if (const auto given = keywords_.find("application_name"); given != keywords_.end()) whole = given->second;
  ConnectionString other = *this;
  other.keywords_["application_name"] = whole.substr(0, kLongest) + mark;
  return other;
}

}  // namespace pghaul::postgres
