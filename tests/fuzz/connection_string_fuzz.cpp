// A connection string, and what becomes of it for pg_dump and the process list.

#include <algorithm>
#include <map>
#include <string>

#include "fuzz/fuzz.h"
#include "pghaul/secrets.h"
#include "postgres/connection_string.h"
#include "schema/child_connection.h"

namespace {

bool shows(const std::vector<std::string>& arguments, const std::string& secret) {
  return std::ranges::any_of(
      arguments, [&](const std::string& argument) { return argument.find(secret) != std::string::npos; });
}

/// The password, where it is long enough to be no part of something else by chance.
std::string secret_of(const std::map<std::string, std::string>& keywords) {
  const auto password = keywords.find("password");
  if (password == keywords.end() || password->second.size() < 8) return {};
  const bool elsewhere_too = std::ranges::any_of(keywords, [&](const auto& entry) {
    return entry.first != "password" && entry.second.find(password->second) != std::string::npos;
  });
  return elsewhere_too ? "" : password->second;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(text_of(data, size));
  std::string covered = text.c_str();  // as an argument
  pghaul::command::hide_secrets(covered.data());
  const auto server = pghaul::postgres::ConnectionString::parse(text.c_str());
  if (!server) return 0;
  const std::string secret = secret_of(server->keywords());
  if (!secret.empty())
    require(covered.find(secret) == std::string::npos, "a password is covered in the arguments");
  const auto child = pghaul::schema::ChildConnection::create(*server);
  if (!child) {
    if (!secret.empty())
      require(child.error().message.find(secret) == std::string::npos, "no error shows a password");
    return 0;
  }
  pghaul::process::Program program;
  child->give_to(program);
  if (!secret.empty()) require(!shows(program.arguments, secret), "no child has a password in its arguments");
  return 0;
}
