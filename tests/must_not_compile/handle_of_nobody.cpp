// A handle of libpq gets its owner where it is made. Expected: is private within this context
#include "postgres/connection.h"

pghaul::Result<pghaul::postgres::Connection> make(const pghaul::postgres::ConnectionString& server) {
#ifdef WRONG
  return pghaul::postgres::Connection(nullptr, pghaul::postgres::Side::source, server.silence_limit());
#else
  return pghaul::postgres::Connection::open(server, pghaul::postgres::Side::source);
#endif
}
