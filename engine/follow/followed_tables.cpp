#include "follow/followed_tables.h"

#include <utility>

#include "follow/shown_relation.h"
#include "follow/target_table.h"

namespace pghaul::follow {
namespace {

Result<TableStatements> match(const changes::Relation& relation, postgres::StatementPipeline& target,
                              bool& is_prepared) {
  if (!is_prepared) {
    if (const Status prepared = prepare_target_lookups(target); !prepared) return fail(prepared.error());
    is_prepared = true;
  }
  Result<TargetTable> table = read_target_table(target, relation);
  if (!table) return fail(table.error());
  return TableStatements::match(relation, std::move(*table));
}

}  // namespace

bool FollowedTables::know(const changes::Relation& relation) const {
  const auto known = tables_.find(relation.oid);
  return known != tables_.end() && known->second.relation == relation;
}

void FollowedTables::describe(const changes::Relation& relation, postgres::StatementPipeline& target) {
  tables_.insert_or_assign(
      relation.oid,
      FollowedTable{
          .relation = relation, .statements = match(relation, target, is_target_prepared_), .prepared = {}});
}

Result<FollowedTable*> FollowedTables::find(const changes::Relation& relation) {
  const auto known = tables_.find(relation.oid);
  if (known == tables_.end()) {
    return fail(ErrorCode::internal, shown(relation) + " was not described");
  }
  if (!known->second.statements) return fail(known->second.statements.error());
  return &known->second;
}

}  // namespace pghaul::follow
