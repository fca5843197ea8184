#include "faults/lock.h"

#include <csignal>
#include <stdexcept>

namespace pghaul::faults {

Lock::Lock(const support::Database& database, const std::string& sql)
    : database_(database),
      session_({"psql", "-XqAtd", database.uri(), "-c",
                "set application_name = holder; begin; " + sql + "; select pg_sleep(600)"}) {
  for (int looks = 0; looks < 600; ++looks) {
    if (database.psql("select pg_sleep(0.05), exists (select from pg_stat_activity where datname = "
                      "current_database() and application_name = 'holder' and wait_event = 'PgSleep')") ==
        "|t") {
      return;
    }
  }
  throw std::runtime_error("no lock: " + sql);
}

void Lock::release() {
  if (!held_) return;
  held_ = false;
  session_.send(SIGKILL);
  (void)session_.wait();
  database_.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holder'"
      " and datname = current_database()");
}

std::string waiting_session(const support::Database& database, const std::string& program,
                            const std::string& not_this) {
  for (int looks = 0; looks < 600; ++looks) {
    const std::string pid = database.psql(
        "select pid, pg_sleep(0.1) from pg_stat_activity where datname = current_database()"
        " and application_name like '" +
        program + "%' and wait_event_type = 'Lock' and pid <> " + not_this);
    if (!pid.empty()) return pid.substr(0, pid.find('|'));
    database.psql("select pg_sleep(0.1)");
  }
  return {};
}

}  // namespace pghaul::faults
