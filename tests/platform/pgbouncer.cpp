#include "platform/pgbouncer.h"

#include <csignal>
#include <string>

namespace pghaul::platform {

/// Without TCP, as its port is of no meaning to others then. A login that was refused is not tried again
/// within a test, so that a client that waited for that would show.
PgBouncer::PgBouncer(const Machine& machine, const std::string& auth_type, const std::string& users)
    : machine_(machine), console_("host=" + machine.folder() + " port=6432 user=pgbouncer") {
  const std::string folder = machine.folder();
  machine.write_secret("pghaul.ini", "[databases]\n");
  machine.write_secret("users", users);
  const std::string file = machine.write(
      "pgbouncer.ini",
      "%include " + folder + "/pghaul.ini\n[pgbouncer]\nlisten_port = 6432\nunix_socket_dir = " + folder +
          "\nauth_type = " + auth_type + "\nauth_file = " + folder +
          "/users\nadmin_users = postgres\npool_mode = transaction\nserver_login_retry = 600\nlogfile = " +
          folder + "/log/pgbouncer.log\npidfile = " + folder + "/pgbouncer.pid\n");
  machine.run({"pgbouncer", "--daemon", file});
}

PgBouncer::~PgBouncer() {
  const std::string pid = machine_.read("pgbouncer.pid");
  if (!pid.empty()) ::kill(std::stoi(pid), SIGQUIT);
}

std::string PgBouncer::entry(const std::string& database) const {
  return "pgbouncer:" + machine_.folder() + "/pghaul.ini#" + database + " via " + console_;
}

std::string PgBouncer::userlist_entry() const {
  return "userlist:" + machine_.folder() + "/users via " + console_;
}

void PgBouncer::tell(const std::string& command) const {
  machine_.run({"psql", "-Xq", "-d", console_ + " dbname=pgbouncer", "-c", command});
}

support::Process PgBouncer::start(const std::string& database, const std::string& role,
                                  const std::vector<std::string>& statements) const {
  std::vector<std::string> command{
      "psql", "-XAtq", "-d", "host=" + machine_.folder() + " port=6432 dbname=" + database + " user=" + role};
  for (const std::string& statement : statements) command.insert(command.end(), {"-c", statement});
  return support::Process(command);
}

}  // namespace pghaul::platform
