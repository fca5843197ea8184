#include "discovery/session_trial.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "postgres/connection.h"

namespace pghaul::discovery {
namespace {

/// Recognizes settings that name libraries, or the folders that they are looked for in.
bool decides_what_is_loaded(const std::string& name) {
  static constexpr std::array<std::string_view, 3> kNames = {
      "session_preload_libraries", "local_preload_libraries", "dynamic_library_path"};
  return std::ranges::find(kNames, name) != kNames.end();
}

/// Returns the address of the same server, whose sessions start with the setting.
/// Source  PostgreSQL manual, libpq, "Parameter Key Words", options: spaces and backslashes within an
/// argument.
postgres::ConnectionString with_setting(const postgres::ConnectionString& server,
                                        const catalog::DatabaseSetting& setting) {
  std::map<std::string, std::string> keywords = server.keywords();
  const char* set = std::getenv("PGOPTIONS");
  std::string& options = keywords.try_emplace("options", set == nullptr ? "" : set).first->second;
  options += (options.empty() ? "" : " ") + std::string("-c ");
  for (const char c : setting.name + "=" + setting.value) {
    if (c == '\\' || std::isspace(static_cast<unsigned char>(c)) != 0) options += '\\';
    options += c;
  }
  postgres::ConnectionString other(std::move(keywords));
  other.set_silence_limit(server.silence_limit());
  if (server.detour()) other.set_detour(*server.detour());
  return other;
}

/// Recognizes refusals that have nothing to do with the setting: too many sessions, a server that starts or
/// ends.
bool is_of_the_moment(std::string_view sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("53") || sqlstate.starts_with("57") ||
         sqlstate.starts_with("PGH");
}

std::string without_address(const std::string& message) {
  constexpr std::string_view kMark = "FATAL:  ";
  const std::size_t at = message.find(kMark);
  return at == std::string::npos ? message : message.substr(at + kMark.size());
}

}  // namespace

Result<std::optional<std::string>> why_sessions_cannot_start(const postgres::ConnectionString& server,
                                                             const catalog::DatabaseSetting& setting,
                                                             const std::stop_token& stop) {
  using Reason = std::optional<std::string>;
  if (!decides_what_is_loaded(setting.name)) return Reason();
  Result<postgres::Connection> trial =
      postgres::Connection::open(with_setting(server, setting), postgres::Side::target, {}, stop);
  if (!trial) {
    const Error& refusal = trial.error();
    if (refusal.code != ErrorCode::connection_failed || is_of_the_moment(refusal.sqlstate))
      return fail(refusal);
    return Reason("sessions of the target can't start with it: " + without_address(refusal.message));
  }
  const Result<postgres::Rows> there =
      trial->query("SELECT pg_catalog.current_setting($1) = $2", {setting.name, setting.value});
  if (!there) return fail(there.error());
  if (there->boolean(0, 0)) return Reason();
  return Reason(
      "whether sessions of the target can start with it is unknown: something in between, such as a pooler, "
      "drops it");
}

}  // namespace pghaul::discovery
