#include "support/database.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <exception>

#include "support/cluster.h"
#include "support/ordinary_role.h"

namespace pghaul::support {
namespace {

std::string unused_name() {
  static std::atomic<int> count = 0;
  return "test_" + std::to_string(::getpid()) + '_' + std::to_string(++count);
}

}  // namespace

Database::Database(const Cluster& cluster, const std::string& options)
    : cluster_(cluster), name_(unused_name()), role_(runs_as_ordinary_role() ? kOrdinaryRole : "postgres") {
  if (runs_as_ordinary_role()) make_ordinary_role(cluster_);
  cluster_.create_database(name_, options);
  if (runs_as_ordinary_role()) {
    cluster_.psql("postgres", "alter database " + name_ + " owner to " + role_);
  }
}

Database::~Database() {
  try {
    // FORCE came with 13.
    cluster_.psql("postgres",
                  "set default_transaction_read_only = off; set statement_timeout = 0;\n"
                  "select current_setting('server_version_num')::int >= 130000 as can_force \\gset\n"
                  "\\if :can_force\ndrop database if exists " +
                      name_ +
                      " with (force);\n"
                      "\\else\ndrop database if exists " +
                      name_ + ";\n\\endif");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

std::string Database::uri() const {
  return cluster_.uri(name_, role_);
}

std::string Database::tcp_uri() const {
  return cluster_.tcp_uri(name_, role_);
}

std::string Database::psql(const std::string& sql) const {
  return cluster_.psql(name_, sql, role_);
}

}  // namespace pghaul::support
