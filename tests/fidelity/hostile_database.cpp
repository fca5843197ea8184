#include "fidelity/hostile_database.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/cluster.h"
#include "support/database.h"

namespace pghaul::fidelity {
namespace {

std::string content_of(const std::string& name) {
  const std::string path = PGHAUL_ROOT "/tests/fidelity/databases/" + name + ".sql";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// psql's variables v12, v13 …
std::string version_variables() {
  std::string columns;
  for (int major = 12; major <= 18; ++major) {
    columns += (columns.empty() ? "" : ", ") + ("major >= " + std::to_string(major)) + " as v" +
               std::to_string(major);
  }
  return "select " + columns +
         " from (select current_setting('server_version_num')::int / 10000 as major) server \\gset\n";
}

}  // namespace

void prepare(const support::Cluster& server) {
  server.psql("postgres", content_of("globals"));
}

void fill(const support::Database& database, const std::string& name) {
  database.psql(version_variables() + content_of(name));
}

}  // namespace pghaul::fidelity
