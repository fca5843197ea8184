// A connection has one owner. Expected: use of deleted function
#include <utility>

#include "postgres/connection.h"

pghaul::postgres::Connection another(pghaul::postgres::Connection& one) {
#ifdef WRONG
  return one;
#else
  return std::move(one);
#endif
}
