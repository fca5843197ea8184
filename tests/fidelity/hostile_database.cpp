#include "fidelity/hostile_database.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/cluster.h"
#include "support/database.h"
#include "support/ordinary_role.h"

namespace pghaul::fidelity {
namespace {

std::string content_of(const std::string& name) {
  const std::string path = PGHAUL_ROOT "/tests/fidelity/databases/" + name + ".sql";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// psql's variables v12, v13 …, and superuser
std::string version_variables() {
  std::string columns;
  for (int major = 12; major <= 18; ++major) {
    columns += (columns.empty() ? "" : ", ") + ("major >= " + std::to_string(major)) + " as v" +
               std::to_string(major);
  }
  return "select usesuper as superuser from pg_user where usename = current_user \\gset\nselect " + columns +
         " from (select current_setting('server_version_num')::int / 10000 as major) server \\gset\n";
}

}  // namespace

void prepare(const support::Cluster& server) {
  server.psql("postgres", content_of("globals"));
  if (!support::runs_as_ordinary_role()) return;
  support::make_ordinary_role(server);
  server.psql("postgres", std::string("select pg_advisory_lock(7041); grant fidelity_owner, fidelity_reader,"
                                      " fidelity_group to ") +
                              support::kOrdinaryRole + "; grant create on tablespace fidelity_space to " +
                              support::kOrdinaryRole);
}

void fill(const support::Database& database, const std::string& name) {
  database.psql(version_variables() + content_of(name));
}

bool is_of_several_owners(const std::string& name) {
  return name == "security" || name == "foreign_data";
}

}  // namespace pghaul::fidelity
