#include "follow/set_aside.h"

#include <fmt/format.h>

#include <chrono>

#include "base/wait_for.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "postgres/transaction.h"

namespace pghaul::follow {
namespace {

constexpr std::chrono::milliseconds kLockPause{500};

/// A row for each statement that sets aside, with the statement that brings back. Partitions have triggers of
/// their own beside the partitioned table's, and foreign keys only with it.
constexpr const char* kSettings =
    "WITH tables AS (SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
    " AND n.nspname <> $1)"
    " SELECT pg_catalog.format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', name, tgname),"
    " pg_catalog.format('ALTER TABLE ONLY %s ENABLE TRIGGER %I', name, tgname)"
    " FROM tables JOIN pg_catalog.pg_trigger ON tgrelid = tables.oid WHERE NOT tgisinternal AND tgenabled = "
    "'O'"
    " UNION ALL SELECT pg_catalog.format('ALTER TABLE %s DISABLE RULE %I', name, rulename),"
    " pg_catalog.format('ALTER TABLE %s ENABLE RULE %I', name, rulename)"
    " FROM tables JOIN pg_catalog.pg_rewrite ON ev_class = tables.oid WHERE ev_enabled = 'O'"
    " UNION ALL SELECT pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname),"
    " pg_catalog.format('ALTER TABLE %1$s ADD CONSTRAINT %2$I %3$s; COMMENT ON CONSTRAINT %2$I ON %1$s IS "
    "%4$L',"
    " name, conname, pg_catalog.pg_get_constraintdef(k.oid),"
    " pg_catalog.obj_description(k.oid, 'pg_constraint'))"
    " FROM tables JOIN pg_catalog.pg_constraint AS k ON k.conrelid = tables.oid"
    " WHERE k.contype = 'f' AND k.conparentid = 0";

std::string table_in(const std::string& schema) {
  return postgres::quote(schema, "follow_set_aside");
}

}  // namespace

Status SetAside::set_aside(postgres::Connection& target, const std::stop_token& stop) const {
  for (;;) {
    Status done = try_to_set_aside(target);
    if (done || done.error().sqlstate != postgres::kLockNotAvailable) return done;
    if (!wait_for(kLockPause, stop)) return fail(ErrorCode::interrupted, "stopped on request");
  }
}

Status SetAside::try_to_set_aside(postgres::Connection& target) const {
  const std::string doing = "setting triggers, rules and foreign keys of the target aside";
  postgres::Transaction whole = postgres::Transaction::begin(target);
  if (const Status limited = target.execute("SET LOCAL lock_timeout = '500ms'"); !limited)
    return limited.error().during(doing);
  const Result<postgres::Rows> settings = target.query(kSettings, {schema_});
  if (!settings) return settings.error().during(doing);
  Status done = target.execute("CREATE TABLE IF NOT EXISTS " + table_in(schema_) +
                               " (number bigserial PRIMARY KEY, restore text NOT NULL)");
  for (int row = 0; done && row < settings->size(); ++row) {
    done = target.execute(fmt::format("{}; INSERT INTO {} (restore) VALUES ({})", settings->text(row, 0),
                                      table_in(schema_), postgres::quote_literal(settings->text(row, 1))));
  }
  if (done) done = whole.commit();
  if (!done) return done.error().during(doing);
  return {};
}

Result<bool> SetAside::has_any(postgres::Connection& target) const {
  const std::string doing = "looking for what is set aside on the target";
  const Result<postgres::Rows> exists = target.query(
      "SELECT pg_catalog.to_regclass(" + postgres::quote_literal(table_in(schema_)) + ") IS NOT NULL");
  if (!exists) return exists.error().during(doing);
  if (!exists->boolean(0, 0)) return false;
  const Result<postgres::Rows> any = target.query("SELECT EXISTS (SELECT FROM " + table_in(schema_) + ")");
  if (!any) return any.error().during(doing);
  return any->boolean(0, 0);
}

/// Leaves the table: a comparison under an older snapshot would come upon its index.
Status SetAside::restore(postgres::Connection& target) const {
  const std::string doing = "bringing triggers, rules and foreign keys of the target back";
  postgres::Transaction whole = postgres::Transaction::begin(target);
  const Result<bool> any = has_any(target);
  if (!any) return fail(any.error());
  if (!*any) return {};
  const Result<postgres::Rows> statements =
      target.query("SELECT restore FROM " + table_in(schema_) + " ORDER BY number");
  if (!statements) return statements.error().during(doing);
  Status done;
  for (int row = 0; done && row < statements->size(); ++row) {
    done = target.execute(statements->string(row, 0));
  }
  if (done) done = target.execute("DELETE FROM " + table_in(schema_));
  if (done) done = whole.commit();
  if (!done) return done.error().during(doing);
  return {};
}

}  // namespace pghaul::follow
