#include "job/sync.h"

#include <algorithm>
#include <set>

#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "tasks/row_security.h"

namespace pghaul::job {

/// Refreshes the materialized views that read what was written, and those that differ, each after those that
/// it reads.
Status Sync::refresh_views() {
  const std::vector<catalog::Relation>& relations = both_.found.source.relations;
  std::set<catalog::Oid> written;
  for (const compare::DifferentTable& table : different_) {
    for (const rows::ComparedTable::Part& part : table.table.parts) written.insert(part.relation->oid);
  }
  std::set<catalog::Place> waiting;
  for (const catalog::Place place : both_.comparable) {
    if (relations[place].kind == 'm' && relations[place].populated) waiting.insert(place);
  }
  if (waiting.empty() || (written.empty() && stale_.empty())) return {};
  Result<postgres::Connection> target = open_target();
  if (!target) return fail(target.error());
  const postgres::CancelOnStop cancel_on_stop(context_.stop, *target);
  tasks::obey_row_security(*target);
  const auto is_next = [&](catalog::Place place) {
    return std::ranges::none_of(waiting, [&](catalog::Place other) {
      return std::ranges::find(relations[place].depends_on, relations[other].oid) !=
             relations[place].depends_on.end();
    });
  };
  while (!waiting.empty()) {
    const catalog::Place view = *std::ranges::find_if(waiting, is_next);
    waiting.erase(view);
    const bool reads_written = std::ranges::any_of(relations[view].depends_on,
                                                   [&](catalog::Oid oid) { return written.contains(oid); });
    if (!reads_written && !stale_.contains(view)) continue;
    const catalog::Name& name = relations[view].name;
    touched_ = true;
    const Status refreshed =
        target->execute("REFRESH MATERIALIZED VIEW " + postgres::quote(name.schema, name.name));
    if (!refreshed) return refreshed.error().during("cannot refresh materialized view " + shown(name));
    written.insert(relations[view].oid);
    stale_.insert(view);
  }
  return {};
}

}  // namespace pghaul::job
