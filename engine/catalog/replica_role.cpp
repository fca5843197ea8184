#include "catalog/replica_role.h"

#include "postgres/sqlstate.h"
#include "postgres/transaction.h"

namespace pghaul::catalog {

Result<bool> may_set_replica_role(postgres::Connection& target) {
  postgres::Transaction trial = postgres::Transaction::begin(target);
  const Status set = target.execute("SET LOCAL session_replication_role = replica");
  if (set) return true;
  if (set.error().sqlstate == postgres::kInsufficientPrivilege) return false;
  return set.error().during("looking at what the role may do on the target");
}

}  // namespace pghaul::catalog
