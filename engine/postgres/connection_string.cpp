#include "postgres/connection_string.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>

namespace pghaul::postgres {
namespace {

bool is_bare_database_name(const std::string& text) {
  return text.find('=') == std::string::npos && !text.starts_with("postgresql://") &&
         !text.starts_with("postgres://");
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

ConnectionString ConnectionString::marked(const std::string& name, const std::string& mark) const {
  constexpr std::size_t kLongest = 40;  // the server cuts at 63 bytes
  const char* set = std::getenv("PGAPPNAME");
  std::string whole = set == nullptr || *set == '\0' ? name : set;
  if (const auto given = keywords_.find("application_name"); given != keywords_.end()) whole = given->second;
  ConnectionString other = *this;
  other.keywords_["application_name"] = whole.substr(0, kLongest) + mark;
  return other;
}

}  // namespace pghaul::postgres
