#include "postgres/pooling.h"

#include "postgres/transaction.h"

namespace pghaul::postgres {
namespace {

Result<std::int64_t> session_of(Connection& connection) {
  const Result<Rows> session = connection.query("SELECT pg_catalog.pg_backend_pid()");
  if (!session) return session.error().during("looking for a pooler");
  return session->integer(0, 0);
}

}  // namespace

Status refuse_shared_sessions(Connection& connection, const ConnectionString& server) {
  if (connection.session() == PQbackendPID(connection.handle())) return {};
  const Result<std::int64_t> mine = session_of(connection);
  if (!mine) return fail(mine.error());
  // Something stands in between. Where sessions are shared, a transaction of another client takes the one
  // that we have just used; it is last in and first out.
  Result<Connection> other = Connection::open(server, connection.side());
  if (!other) return fail(other.error());
  Transaction busy = Transaction::begin(*other);
  const Result<std::int64_t> theirs = session_of(*other);
  if (!theirs) return fail(theirs.error());
  const Result<std::int64_t> mine_now = session_of(connection);
  if (!mine_now) return fail(mine_now.error());
  if (*mine != *theirs && *mine == *mine_now) return {};
  return fail(ErrorCode::refused,
              std::string("the ") + side_name(connection.side()) +
                  " is reached by a pooler that gives each transaction another session, as PgBouncer does in "
                  "transaction mode",
              "connect to the server itself, or to a pool in session mode");
}

}  // namespace pghaul::postgres
