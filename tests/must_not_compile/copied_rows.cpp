// A result of libpq is cleared once. Expected: use of deleted function
#include <utility>

#include "postgres/rows.h"

pghaul::postgres::Rows another(pghaul::postgres::Rows& one) {
#ifdef WRONG
  return one;
#else
  return std::move(one);
#endif
}
