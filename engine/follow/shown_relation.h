#pragma once

#include <string>

#include "changes/message.h"
#include "postgres/shown_name.h"

namespace pghaul::follow {

/// Names the table for people: public.orders.
[[nodiscard]] inline std::string shown(const changes::Relation& relation) {
  return postgres::shown_name(relation.schema, relation.name);
}

}  // namespace pghaul::follow
