#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection_string.h"

namespace pghaul::discovery {

/// Tries, in a session of its own, whether sessions can start with a setting that the database is about to
/// get: a library that the server lacks would lock out everybody. Returns why they can't; nothing: they can.
///
/// Errors  those of connecting, which may pass.
/// Source  PostgreSQL's src/backend/utils/init/miscinit.c, process_session_preload_libraries(): any other
///         setting of a database that can't be applied is no more than a warning to a new session.
[[nodiscard]] Result<std::optional<std::string>> why_sessions_cannot_start(
    const postgres::ConnectionString& server, const catalog::DatabaseSetting& setting,
    const std::stop_token& stop);

}  // namespace pghaul::discovery
