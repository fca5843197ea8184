#include "schema/child_connection.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <map>
#include <string_view>

namespace pghaul::schema {
namespace {

constexpr const char* kService = "pghaul";
/// Limit of a line in a service file; libpq refused longer ones before PostgreSQL 14.
/// Source  PostgreSQL's src/interfaces/libpq/fe-connect.c, parseServiceFile().
constexpr std::size_t kLongestLine = 250;

using Keywords = std::map<std::string, std::string>;

bool is_secret(const std::string& keyword) {
  static constexpr std::array<std::string_view, 5> kSecrets = {"password", "sslpassword", "scram_client_key",
                                                               "scram_server_key", "oauth_client_secret"};
  for (const std::string_view secret : kSecrets) {
    if (keyword == secret) return true;
  }
  return false;
}

/// Recognizes keywords that only say where to find other ones: they are of no use to the child.
bool is_indirection(const std::string& keyword) {
  return keyword == "service" || keyword == "servicefile" || keyword == "passfile";
}

/// Tells whether a service file can hold it: it has no quotes, and libpq removes white space at the end of a
/// line.
bool fits_service_file(const std::string& keyword, const std::string& value) {
  return keyword.size() + 1 + value.size() <= kLongestLine && value.find('\n') == std::string::npos &&
         (value.empty() || std::isspace(static_cast<unsigned char>(value.back())) == 0);
}

std::string escaped(const std::string& text, std::string_view specials) {
  std::string result;
  for (const char c : text) {
    if (specials.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string as_keyword(const std::string& keyword, const std::string& value) {
  return keyword + "='" + escaped(value, "\\'") + "'";
}

Result<std::string> password_line(const std::string& password) {
  if (password.empty()) return std::string{};
  if (password.find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorCode::usage, "a password with a line break can't be given to pg_dump and pg_restore",
                "change the role's password");
  }
  return "*:*:*:*:" + escaped(password, "\\:") + "\n";
}

}  // namespace

Result<ChildConnection> ChildConnection::create(const postgres::ConnectionString& server,
                                                const std::string& settings) {
  Keywords keywords = server.keywords();
  std::string& options = keywords["options"];
  options += (options.empty() || settings.empty() ? "" : " ") + settings;
  const Result<std::string> password = password_line(keywords["password"]);
  if (!password) return fail(password.error());
  keywords.erase("password");

  std::string service = std::string("[") + kService + "]\n";
  std::string conninfo = as_keyword("service", kService);
  for (const auto& [keyword, value] : keywords) {
    if (value.empty() || is_indirection(keyword)) continue;
    if (fits_service_file(keyword, value)) {
      service += fmt::format("{}={}\n", keyword, value);
    } else if (!is_secret(keyword)) {
      conninfo += ' ';
      conninfo += as_keyword(keyword, value);
    } else {
      return fail(ErrorCode::usage,
                  "the " + keyword +
                      " can't be given to pg_dump and pg_restore: it ends in white space, "
                      "has a line break, or is longer than " +
                      std::to_string(kLongestLine) + " characters",
                  "use another " + keyword);
    }
  }

  Result<process::PrivateFile> service_file = process::PrivateFile::create(service);
  if (!service_file) return fail(service_file.error());
  Result<process::PrivateFile> password_file = process::PrivateFile::create(*password);
  if (!password_file) return fail(password_file.error());
  return ChildConnection(std::move(conninfo), std::move(*service_file), std::move(*password_file));
}

void ChildConnection::give_to(process::Program& program) const {
  program.arguments.push_back("--no-password");
  program.arguments.push_back("--dbname=" + conninfo_);
  program.environment["PGSERVICEFILE"] = service_.path();
  program.environment["PGPASSFILE"] = passwords_.path();
  program.descriptors.push_back(service_.descriptor());
  program.descriptors.push_back(passwords_.descriptor());
}

}  // namespace pghaul::schema
