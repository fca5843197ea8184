#pragma once

#include <string>

#include "changes/message.h"

namespace pghaul::follow {

/// Shows the values that tell the row apart: "(id, region) = (7, north)"; long ones are cut.
[[nodiscard]] std::string key_text(const changes::Relation& relation, changes::Row row);

}  // namespace pghaul::follow
