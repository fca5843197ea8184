#include "tasks/online.h"

#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "schema/statements.h"
#include "tasks/row_security.h"

namespace pghaul::tasks {
namespace {

/// Tells whether it is valid; nothing: there is none of that name.
Result<std::optional<bool>> find_index(postgres::Connection& target, const catalog::Name& name) {
  const Result<postgres::Rows> found =
      target.query("SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass(" +
                   postgres::quote_literal(postgres::quote(name.schema, name.name)) + ")");
  if (!found) return fail(found.error());
  if (found->size() == 0) return std::nullopt;
  return found->boolean(0, 0);
}

Status mark(postgres::Connection& target, const std::string& statements) {
  if (statements.empty()) return {};
  postgres::Transaction marking = postgres::Transaction::begin(target);
  wait_briefly_for_locks(target);
  return marking.commit(statements);
}

}  // namespace

void wait_briefly_for_locks(postgres::Connection& target) {
  target.send_ahead("SET LOCAL lock_timeout = '2s'");
}

Status build_concurrently(postgres::Connection& target, const catalog::IndexInfo& index,
                          const catalog::Relation& relation) {
  const schema::ConcurrentIndex how = schema::create_index_concurrently(index, relation);
  const Result<std::optional<bool>> found = find_index(target, index.name);
  if (!found) return fail(found.error());
  if (*found && !**found) {
    if (const Status dropped = target.execute(how.drop); !dropped) return dropped;
  }
  if (!found->value_or(false)) {
    if (const Status set = target.execute(how.set_tablespace); !set) return set;
    const Status built =
        index.reads ? execute_obeying_row_security(target, how.create) : target.execute(how.create);
    if (!built) return built;
  }
  return mark(target, how.marks);
}

}  // namespace pghaul::tasks
