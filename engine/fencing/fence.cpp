#include "fencing/fence.h"

#include <fmt/format.h>

#include "base/live_schema.h"
#include "fencing/tables_with_trigger.h"
#include "fencing/under_lock.h"
#include "postgres/quote.h"
#include "postgres/session_settings.h"

namespace pghaul::fencing {
namespace {

using postgres::quote;
using postgres::quote_literal;

}  // namespace

std::string Fence::function() const {
  return quote(kLiveSchema, name_);
}

/// Any role that writes runs it, so it must depend on no setting of the session.
std::string Fence::define(const std::string& body) const {
  return fmt::format("CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS {}", function(),
                     quote_literal("BEGIN " + body + " END"));
}

std::string Fence::pass() const {
  return define("RETURN NULL;");
}

Result<bool> Fence::is_there(postgres::Connection& server) const {
  const Result<postgres::Rows> there = server.query("SELECT 1 WHERE pg_catalog.to_regprocedure(" +
                                                    quote_literal(function() + "()") + ") IS NOT NULL");
  if (!there) return there.error().during("looking for the function that refuses writes");
  return there->size() > 0;
}

Result<bool> Fence::is_closed(postgres::Connection& server) const {
  const Result<postgres::Rows> closing =
      server.query("SELECT 1 FROM pg_catalog.pg_proc WHERE oid = pg_catalog.to_regprocedure(" +
                   quote_literal(function() + "()") + ") AND prosrc LIKE '%RAISE EXCEPTION%'");
  if (!closing) return closing.error().during("asking whether the server is closed to writers");
  return closing->size() > 0;
}

Status Fence::open_again(postgres::Connection& server) const {
  const Result<bool> there = is_there(server);
  if (!there) return fail(there.error());
  if (!*there) return {};
  const Status opened =
      server.execute(fmt::format("BEGIN; {}; {}; COMMIT", postgres::kCommitAsConfigured, pass()));
  if (!opened) return opened.error().during("cannot open the target to writers");
  return {};
}

std::string Fence::close(std::string_view message, std::string_view hint) const {
  return define(
      fmt::format("IF pg_catalog.current_setting('{}', true) = 'on' THEN RETURN NULL; END IF;"
                  " RAISE EXCEPTION USING ERRCODE = '25006', MESSAGE = {}, HINT = {};",
                  kApplierSetting, quote_literal(message), quote_literal(hint)));
}

Status Fence::create_function(postgres::Connection& server) const {
  const Result<bool> there = is_there(server);
  if (!there) return fail(there.error());
  if (*there) return {};
  const Status made = server.execute(pass());
  if (!made) return made.error().during("cannot make the function that refuses writes");
  return {};
}

Status Fence::create_triggers(postgres::Connection& server, const std::vector<FencedTable>& tables) const {
  for (const FencedTable& table : tables) {
    if (table.has_trigger) continue;
    const Status made = run_under_lock(
        server,
        fmt::format("DROP TRIGGER IF EXISTS {0} ON {1}; CREATE TRIGGER {0} BEFORE INSERT OR UPDATE OR "
                    "DELETE OR TRUNCATE ON {1} FOR EACH STATEMENT EXECUTE PROCEDURE {2}();"
                    "ALTER TABLE ONLY {1} ENABLE ALWAYS TRIGGER {0}",
                    quote(name_), table.name, function()));
    if (!made) return fail(not_made("the trigger that refuses writes on " + table.name, made.error()));
  }
  return {};
}

Status Fence::remove(postgres::Connection& server) const {
  const Result<std::vector<std::string>> tables = tables_with_trigger(server, name_, function());
  if (!tables) return tables.error().during("looking for the triggers that refuse writes");
  Status removed;
  for (const std::string& table : *tables) {
    Status done = run_under_lock(server, fmt::format("DROP TRIGGER IF EXISTS {} ON {}", quote(name_), table));
    if (!done && removed) {
      removed = done.error().during("cannot remove the trigger that refuses writes from " + table);
    }
    if (!done && !was_locked(done.error())) return removed;
  }
  if (!removed) return removed;
  const Status done = server.execute("DROP FUNCTION IF EXISTS " + function() + "()");
  if (!done) return done.error().during("cannot remove the function that refuses writes");
  return {};
}

}  // namespace pghaul::fencing
