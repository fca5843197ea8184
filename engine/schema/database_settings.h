#pragma once

#include <string>

#include "catalog/model.h"

namespace pghaul::schema {

/// ALTER DATABASE … SET, or ALTER ROLE … IN DATABASE … SET.
[[nodiscard]] std::string set_for_database(const catalog::DatabaseSetting& setting,
                                           const std::string& database);

/// The same for people: work_mem of role app.
[[nodiscard]] std::string shown(const catalog::DatabaseSetting& setting);

}  // namespace pghaul::schema
