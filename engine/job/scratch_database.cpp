#include "job/scratch_database.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "catalog/parts.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "schema/statements.h"

namespace pghaul::job {
namespace {

using postgres::quote;
using postgres::quote_literal;

constexpr const char* kPrefix = "pghaul_rehearsal_";
/// Takes an advisory lock, held by the session in the database that is rehearsed for.
constexpr const char* kLock = "SELECT pg_catalog.pg_try_advisory_lock(1885824097, 2)";  // "pgha"

/// Limits the wait for another user of template0, or for a lock on the catalog of databases.
constexpr const char* kNoLongWait = "SET lock_timeout = '60s'";

/// CREATE DATABASE's options that make it like the current one.
/// Source  PostgreSQL manual, "CREATE DATABASE", and catalog pg_database, of each version.
std::string like_this(int version) {
  std::string sql =
      "SELECT pg_catalog.format(' ENCODING %L LC_COLLATE %L LC_CTYPE %L',"
      " pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)"
      // The template's own needs no right to it where it isn't named.
      " || CASE WHEN d.dattablespace <> (SELECT like_it.dattablespace FROM pg_catalog.pg_database AS like_it"
      " WHERE like_it.datname = 'template0') THEN pg_catalog.format(' TABLESPACE %I', t.spcname) ELSE '' END";
  if (version >= 170000) {
    sql +=
        " || CASE d.datlocprovider"
        " WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', d.datlocale)"
        " WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', d.datlocale)"
        " ELSE ' LOCALE_PROVIDER libc' END";
  } else if (version >= 150000) {
    sql +=
        " || CASE d.datlocprovider"
        " WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', d.daticulocale)"
        " ELSE ' LOCALE_PROVIDER libc' END";
  }
  if (version >= 160000) {
    sql +=
        " || CASE WHEN d.daticurules IS NULL THEN ''"
        " ELSE pg_catalog.format(' ICU_RULES %L', d.daticurules) END";
  }
  return sql +
         ", d.datname FROM pg_catalog.pg_database AS d"
         " JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace"
         " WHERE d.datname = pg_catalog.current_database()";
}

std::string new_name() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format("{}{}_{}", kPrefix, getpid(),
                     std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace

Result<ScratchDatabase> ScratchDatabase::create(const std::string& like, const std::stop_token& stop) {
  Result<postgres::ConnectionString> server = postgres::ConnectionString::parse(like);
  if (!server) return server.error().during("the target");
  Result<postgres::Connection> connection =
      postgres::Connection::open(*server, postgres::Side::target, {}, stop);
  if (!connection) return fail(connection.error());
  ScratchDatabase scratch(std::move(*server), std::move(*connection));
  const postgres::CancelOnStop cancel_on_stop(stop, *scratch.connection_);
  const Status prepared = scratch.prepare();
  if (!prepared) return prepared.error().during("making a scratch database");
  return scratch;
}

Status ScratchDatabase::prepare() {
  description_ = connection_->describe();
  const Result<postgres::Rows> role = connection_->query(
      "SELECT rolsuper OR rolcreatedb, rolname FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER");
  if (!role) return fail(role.error());
  if (!role->boolean(0, 0)) {
    return fail(ErrorCode::refused, "the role " + role->string(0, 1) + " may make no databases on the target",
                "ALTER ROLE " + quote(role->string(0, 1)) + " CREATEDB, or connect as a role that may");
  }
  const Result<postgres::Rows> locked = connection_->query(kLock);
  if (!locked) return fail(locked.error());
  if (!locked->boolean(0, 0)) {
    return fail(ErrorCode::refused, "another pghaul rehearses or tries the schema in this target",
                "wait until it has ended");
  }
  const Result<postgres::Rows> like = connection_->query(like_this(connection_->version()));
  if (!like) return fail(like.error());
  stands_for_ = like->string(0, 1);
  if (Status dropped = drop_left_ones(); !dropped) return dropped;
  name_ = new_name();
  if (Status bounded = connection_->execute(kNoLongWait); !bounded) return bounded;
  const Status created =
      connection_->execute("CREATE DATABASE " + quote(name_) + " TEMPLATE template0" + like->string(0, 0));
  if (!created) {
    name_.clear();
    return created;
  }
  return make();
}

std::string ScratchDatabase::mark() const {
  return "made by pghaul copy --rehearse for the database " + stands_for_ + "; the next rehearsal drops it";
}

Status ScratchDatabase::drop_left_ones() {
  const Result<postgres::Rows> left = connection_->query(
      "SELECT datname FROM pg_catalog.pg_database WHERE pg_catalog.strpos(datname, $1) = 1"
      " AND pg_catalog.shobj_description(oid, 'pg_database') = $2"
      " AND pg_catalog.pg_has_role(datdba, 'USAGE')",
      {kPrefix, mark()});
  if (!left) return fail(left.error());
  for (int row = 0; row < left->size(); ++row) {
    const Status dropped = drop_one(left->string(row, 0));
    if (!dropped) return dropped.error().during("dropping what an earlier rehearsal left");
  }
  return {};
}

/// Sets its mark and its settings. A setting that the role may not make has no effect on the time it takes.
Status ScratchDatabase::make() {
  const Status marked =
      connection_->execute("COMMENT ON DATABASE " + quote(name_) + " IS " + quote_literal(mark()));
  if (!marked) return marked;
  const Result<std::vector<catalog::DatabaseSetting>> settings =
      catalog::read_database_settings(*connection_);
  if (!settings) return fail(settings.error());
  for (const catalog::DatabaseSetting& setting : *settings) {
    const Status set = connection_->execute(schema::set_in_database(setting, name_));
    if (!set && set.error().code != ErrorCode::server_error) return set;
  }
  return {};
}

Status ScratchDatabase::drop() {
  if (!connection_ || name_.empty()) return {};
  Status dropped = drop_one(name_);
  if (!dropped && dropped.error().code == ErrorCode::connection_lost) {
    Result<postgres::Connection> again = postgres::Connection::open(server_, postgres::Side::target);
    if (!again) return fail(again.error());
    *connection_ = std::move(*again);
    dropped = drop_one(name_);
  }
  if (dropped) connection_.reset();
  return dropped;
}

Status ScratchDatabase::drop_one(const std::string& name) {
  constexpr int kFirstWithForce = 130000;
  if (Status dropped = drop_subscriptions(name); !dropped) return dropped;
  if (Status bounded = connection_->execute(kNoLongWait); !bounded) return bounded;
  if (connection_->version() >= kFirstWithForce) {
    return connection_->execute("DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)");
  }
  const Result<postgres::Rows> ended = connection_->query(
      "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1",
      {name});
  if (!ended) return fail(ended.error());
  return connection_->execute("DROP DATABASE IF EXISTS " + quote(name));
}

/// Drops subscriptions, which were copied without being connected, and would keep the database.
Status ScratchDatabase::drop_subscriptions(const std::string& name) {
  const Result<postgres::Rows> subscriptions = connection_->query(
      "SELECT s.subname FROM pg_catalog.pg_subscription AS s"
      " JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid WHERE d.datname = $1",
      {name});
  if (!subscriptions) return fail(subscriptions.error());
  if (subscriptions->size() == 0) return {};
  Result<postgres::Connection> inside =
      postgres::Connection::open(server_.with_database(name), postgres::Side::target);
  if (!inside) return fail(inside.error());
  for (int row = 0; row < subscriptions->size(); ++row) {
    const std::string quoted = quote(subscriptions->string(row, 0));
    for (const std::string& statement :
         {"ALTER SUBSCRIPTION " + quoted + " DISABLE",
          "ALTER SUBSCRIPTION " + quoted + " SET (slot_name = NONE)", "DROP SUBSCRIPTION " + quoted}) {
      if (Status done = inside->execute(statement); !done) return done;
    }
  }
  return {};
}

/// Drops it; where that fails, the next rehearsal does.
ScratchDatabase::~ScratchDatabase() {
  static_cast<void>(drop());
}

}  // namespace pghaul::job
