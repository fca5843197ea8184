#include "faults/shop.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pghaul::faults {

void fill_shop(const support::Database& database, int scale) {
  std::ifstream file(PGHAUL_ROOT "/tests/faults/shop.sql");
  if (!file) throw std::runtime_error("cannot read shop.sql");
  const std::string sql{std::istreambuf_iterator<char>(file), {}};
  database.psql("\\set scale " + std::to_string(scale) + "\n" + sql);
}

bool has_journal(const support::Database& target) {
  return target.psql("select exists (select from pg_namespace where nspname like 'pghaul%')") == "t";
}

std::string sessions_of_pghaul(const support::Database& database) {
  return database.psql(
      "select string_agg(application_name || ' ' || coalesce(state, '') || ': ' || query, e'\\n')"
      " from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
      " and backend_type = 'client backend' and application_name <> 'psql'");
}

}  // namespace pghaul::faults
