#pragma once

#include <string>

#include "base/error.h"
#include "catalog/model.h"

namespace pghaul::schema {

/// Returns the statement that makes a database with the encoding and the locale of `like`, on a server of
/// version `version`, in `tablespace`; empty: in the server's default. Errors  refused where that server is
/// too old for the provider of the locale. Source  PostgreSQL manual, "CREATE DATABASE", of each version.
[[nodiscard]] Result<std::string> create_database(const std::string& name, const catalog::Server& like,
                                                  int version, const std::string& tablespace = {});

}  // namespace pghaul::schema
