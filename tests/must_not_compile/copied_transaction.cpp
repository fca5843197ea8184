// A transaction ends once. Expected: use of deleted function
#include <utility>

#include "postgres/transaction.h"

pghaul::postgres::Transaction another(pghaul::postgres::Transaction& one) {
#ifdef WRONG
  return one;
#else
  return std::move(one);
#endif
}
