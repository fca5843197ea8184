#include "follow/late_writes.h"

#include <utility>

#include "changes/visit.h"
#include "follow/key_text.h"
#include "postgres/shown_name.h"

namespace pghaul::follow {

using changes::Begin;
using changes::Commit;
using changes::Delete;
using changes::Description;
using changes::Emitted;
using changes::Insert;
using changes::OneOf;
using changes::Origin;
using changes::Relation;
using changes::Truncate;
using changes::Type;
using changes::Update;

std::optional<LateWrite> LateWrites::see(const changes::Message& message) {
  std::optional<LateWrite> late;
  changes::visit(
      message,
      [this](const Begin& begin) {
        present_ = {.xid = begin.xid, .change = {}, .table = {}, .changes = 0};
        own_ = false;
      },
      [this](const Insert& insert) { note(*insert.relation, "INSERT into ", insert.row); },
      [this](const Update& update) {
        note(*update.relation, "UPDATE of ", update.old.empty() ? update.row : update.old);
      },
      [this](const Delete& removed) { note(*removed.relation, "DELETE from ", removed.old); },
      [this](const Truncate& truncate) {
        for (const Relation* relation : truncate.relations) note(*relation, "TRUNCATE of ", {});
      },
      [&](const Commit&) {
        if (!own_ && present_.changes > 0) late = std::exchange(present_, {});
      },
      [](const OneOf<Description, Origin, Type, Emitted> auto&) {});
  return late;
}

void LateWrites::note(const changes::Relation& relation, const char* verb, changes::Row row) {
  own_ = own_ || relation.schema == own_schema_;
  if (++present_.changes > 1) return;
  present_.table = postgres::shown_name(relation.schema, relation.name);
  present_.change = verb + present_.table;
  if (!row.empty()) present_.change += ", " + key_text(relation, row);
}

}  // namespace pghaul::follow
