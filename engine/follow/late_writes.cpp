#include "follow/late_writes.h"

#include <utility>

#include "follow/key_text.h"
#include "postgres/shown_name.h"

namespace pghaul::follow {

std::optional<LateWrite> LateWrites::see(const changes::Message& message) {
  if (const auto* begin = std::get_if<changes::Begin>(&message)) {
    present_ = {.xid = begin->xid, .change = {}, .table = {}, .changes = 0};
    own_ = false;
  } else if (const auto* insert = std::get_if<changes::Insert>(&message)) {
    note(*insert->relation, "INSERT into ", insert->row);
  } else if (const auto* update = std::get_if<changes::Update>(&message)) {
    note(*update->relation, "UPDATE of ", update->old.empty() ? update->row : update->old);
  } else if (const auto* removed = std::get_if<changes::Delete>(&message)) {
    note(*removed->relation, "DELETE from ", removed->old);
  } else if (const auto* truncate = std::get_if<changes::Truncate>(&message)) {
    for (const changes::Relation* relation : truncate->relations) note(*relation, "TRUNCATE of ", {});
  } else if (std::holds_alternative<changes::Commit>(message) && !own_ && present_.changes > 0) {
    return std::exchange(present_, {});
  }
  return std::nullopt;
}

void LateWrites::note(const changes::Relation& relation, const char* verb, changes::Row row) {
  own_ = own_ || relation.schema == own_schema_;
  if (++present_.changes > 1) return;
  present_.table = postgres::shown_name(relation.schema, relation.name);
  present_.change = verb + present_.table;
  if (!row.empty()) present_.change += ", " + key_text(relation, row);
}

}  // namespace pghaul::follow
