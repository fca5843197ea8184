#include "schema/database_settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "postgres/quote.h"

namespace pghaul::schema {
namespace {

/// Their values are lists of names, each of which may be in double quotes; SET wants them one by one.
/// Source  PostgreSQL's src/fe_utils/string_utils.c and src/bin/pg_dump/dumputils.c,
/// variableIsGucListQuote().
bool is_list_of_names(const std::string& name) {
  static constexpr std::array<std::string_view, 6> kLists = {
      "local_preload_libraries",  "search_path",      "session_preload_libraries",
      "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"};
  return std::ranges::find(kLists, name) != kLists.end();
}

/// `"a, b", c` is two names. An empty value is one empty name: SET … TO ''.
std::vector<std::string> names_in(const std::string& value) {
  std::vector<std::string> names(1);
  bool in_quotes = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '"' && in_quotes && i + 1 < value.size() && value[i + 1] == '"') {
      names.back() += '"';
      ++i;
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == ',' && !in_quotes) {
      names.emplace_back();
    } else if (c != ' ' || in_quotes) {
      names.back() += c;
    }
  }
  return names;
}

std::string literals(const catalog::DatabaseSetting& setting) {
  if (!is_list_of_names(setting.name)) return postgres::quote_literal(setting.value);
  std::string list;
  for (const std::string& name : names_in(setting.value)) {
    list += (list.empty() ? "" : ", ") + postgres::quote_literal(name);
  }
  return list;
}

}  // namespace

std::string set_for_database(const catalog::DatabaseSetting& setting, const std::string& database) {
  const std::string whose = setting.role.empty() ? "ALTER DATABASE " + postgres::quote(database)
                                                 : "ALTER ROLE " + postgres::quote(setting.role) +
                                                       " IN DATABASE " + postgres::quote(database);
  return whose + " SET " + postgres::quote(setting.name) + " TO " + literals(setting);
}

std::string shown(const catalog::DatabaseSetting& setting) {
  return setting.name + (setting.role.empty() ? "" : " of role " + setting.role);
}

}  // namespace pghaul::schema
