#include "compare/check_indexes.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "postgres/cancel_on_stop.h"
#include "postgres/connection.h"
#include "postgres/quote.h"
#include "postgres/sqlstate.h"
#include "postgres/transaction.h"

namespace pghaul::compare {
namespace {

constexpr const char* kUndo = "ROLLBACK TO before; RELEASE before";  // releases a check's locks
constexpr const char* kOwnSchema = "pghaul_amcheck";  // exists until the transaction is rolled back

Error unavailable(const Error& why) {
  if (why.code != ErrorCode::server_error) return why;
  return {ErrorCode::refused, "indexes can't be checked: " + why.message, why.sqlstate,
          "on the target, as a superuser: CREATE EXTENSION amcheck; GRANT EXECUTE ON FUNCTION "
          "bt_index_check(regclass, boolean) TO the role that connects"};
}

/// Returns the schema of the extension's functions; nothing where it is not installed.
Result<std::optional<std::string>> schema_of_amcheck(postgres::Connection& server) {
  const Result<postgres::Rows> found = server.query(
      "SELECT n.nspname FROM pg_catalog.pg_extension AS e"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'");
  if (!found) return fail(found.error());
  return found->size() == 0 ? std::nullopt : std::optional(found->string(0, 0));
}

class Checks {
 public:
  Checks(postgres::Connection& server, std::string schema, const catalog::Catalog& tables,
         measure::Report::Verification& verification)
      : server_(&server), schema_(std::move(schema)), tables_(&tables), verification_(&verification) {}

  /// Checks an index in a transaction, and releases its locks.
  Status check(const catalog::IndexInfo& index) {
    const std::string object =
        "index " + shown(index.name) + " of " + shown(tables_->relations[index.relation].name);
    if (index.access_method != "btree") {
      verification_->notes.push_back(
          {object, "was not checked: amcheck knows btree indexes, and this is " + index.access_method});
      return {};
    }
    const Status checked = server_->execute(fmt::format(
        "SAVEPOINT before; SELECT {}.bt_index_check({}::pg_catalog.oid::pg_catalog.regclass, true); "
        "{}",
        postgres::quote(schema_), index.oid, kUndo));
    if (checked) return ++verification_->indexes, Status{};
    if (checked.error().code != ErrorCode::server_error) return checked;
    if (checked.error().sqlstate == postgres::kInsufficientPrivilege)
      return fail(unavailable(checked.error()));
    ++verification_->indexes;
    verification_->mismatches.push_back(
        {object, checked.error().message,
         "REINDEX it; if it calls a function that reads other tables, that finds other rows today than when "
         "the index was built"});
    return server_->execute(kUndo);
  }

 private:
  postgres::Connection* server_;
  std::string schema_;
  const catalog::Catalog* tables_;
  measure::Report::Verification* verification_;
};

}  // namespace

Status check_indexes(const postgres::ConnectionString& where, const std::stop_token& stop,
                     const catalog::Catalog& tables,
                     const std::function<bool(const catalog::Relation&)>& wanted,
                     measure::Report::Verification& verification) {
  Result<postgres::Connection> server = postgres::Connection::open(where, postgres::Side::target, {}, stop);
  if (!server) return fail(server.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *server);
  Result<std::optional<std::string>> schema = schema_of_amcheck(*server);
  if (!schema) return schema.error().during("looking for the extension amcheck on the target");
  server->send_ahead("SET lock_timeout = '60s'");
  const postgres::Transaction rolled_back = postgres::Transaction::begin(*server);
  if (!*schema) {
    const Status created =
        server->execute(fmt::format("CREATE SCHEMA {0}; CREATE EXTENSION amcheck SCHEMA {0}", kOwnSchema));
    if (!created) return fail(unavailable(created.error()));
    schema->emplace(kOwnSchema);
  }
  Checks checks(*server, **schema, tables, verification);
  for (const catalog::IndexInfo& index : tables.indexes) {
    if (index.partitioned || !index.valid || !wanted(tables.relations[index.relation])) continue;
    if (const Status checked = checks.check(index); !checked) return checked;
  }
  return {};
}

}  // namespace pghaul::compare
