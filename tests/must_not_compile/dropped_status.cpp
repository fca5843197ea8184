// A failure may not go unnoticed. Expected: ignoring return value of
#include "postgres/connection.h"

void commit(pghaul::postgres::Connection& target) {
#ifdef WRONG
  target.execute("COMMIT");
#else
  (void)target.execute("COMMIT");
#endif
}
