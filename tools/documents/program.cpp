#include "program.h"

#include <fmt/format.h>

#include "error_lists.h"

namespace pghaul::documents {
namespace {

std::vector<Program::ExitStatus> statuses_of_pghaul() {
  std::vector<Program::ExitStatus> all;
  for (const job::ExitStatus& one : job::exit_statuses())
    all.push_back({one.status, fmt::format("{}; the target {}", one.meaning, one.target)});
  return all;
}

}  // namespace

const Program& pghaul() {
  static const Program kProgram{
      .name = "pghaul",
      .about = "copies a PostgreSQL database to another server, and proves that everything arrived",
      .arguments_title = "SOURCE AND TARGET",
      .arguments =
          "Anything libpq takes: a URI, a keyword string such as \"host=db1 dbname=shop\", "
          "service=NAME, or the name of a database. Keep passwords in a password file (~/.pgpass) or a "
          "service file rather than on the command line.",
      .environment = {kEnvironment.begin(), kEnvironment.end()},
      .exit_statuses = statuses_of_pghaul(),
      .see_also = "`pg_dump`(1), `pg_restore`(1)"};
  return kProgram;
}

const Program& pghaulctl() {
  static const Program kProgram{
      .name = "pghaulctl",
      .about = "moves applications between PostgreSQL servers",
      .arguments_title = "APPLICATIONS",
      .arguments =
          "APP is a file `/etc/pghaul/apps/APP.toml`, which names an application's databases, the roles that "
          "write, "
          "and what points at the live one. NAME is one of its databases. Everything else is asked of the "
          "servers: "
          "`pghaulctl` keeps no state. It is run by root, or by the clusters' owner.",
      .environment = {{"PGHAUL_APPS", "the folder of applications' files, instead of /etc/pghaul/apps"},
                      {"PG_CLUSTER_CONF_ROOT",
                       "the folder of clusters' configurations, as for Debian's pg_lsclusters"},
                      {"NO_COLOR", "when set, nothing is coloured"}},
      .exit_statuses = {{0, "done"},
                        {1, "waiting is of no use: the server is down or missing"},
                        {2, "the command line is wrong"},
                        {3, "refused, or failed; the message says which database is live"},
                        {4, "a server or a pooler could not be reached"},
                        {5, "stopped half-way: the hint has the command that does the rest"},
                        {6, "it could not be proved that nobody writes, or the copy differs"},
                        {7, "a changeover was given up within its pause; the former database is live"},
                        {130, "interrupted"}},
      .see_also = "`pghaul`(1), `pg_lsclusters`(1), `pg_createcluster`(1)"};
  return kProgram;
}

}  // namespace pghaul::documents
