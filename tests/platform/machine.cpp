#include "platform/machine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace pghaul::platform {
namespace {

namespace fs = std::filesystem;

std::string oldest_version() {
  int oldest = 1000;
  for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql"))
    oldest = std::min(oldest, std::stoi(entry.path().filename()));
  return std::to_string(oldest);
}

bool as_root() {
  return ::geteuid() == 0;
}

std::vector<std::string> as_owner(const std::vector<std::string>& argv) {
  std::vector<std::string> all;
  if (as_root()) all = {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

}  // namespace

Machine::Machine() : folder_("/tmp/pghaulctl-XXXXXX"), version_(oldest_version()) {
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
  ::chmod(folder_.c_str(), 0755);
  if (as_root()) (void)support::run_command({"chown", "postgres:", folder_});
  run({"mkdir", folder_ + "/etc", folder_ + "/data", folder_ + "/log", folder_ + "/apps"});
}

Machine::~Machine() {
  try {
    for (const auto& one : nlohmann::json::parse(run({"pg_lsclusters", "--json"}))) {
      const std::string version =
          one["version"].is_string() ? one["version"].get<std::string>() : one["version"].dump();
      run({"pg_ctlcluster", version, one["cluster"], "stop", "--mode", "immediate",
           "--skip-systemctl-redirect"});
    }
  } catch (const std::exception&) {  // one that was down already
  }
  fs::remove_all(folder_);
}

/// Without TCP, and with its pid in a file of its own: a server of another test may have the same port and
/// name.
void Machine::create_cluster(const std::string& name) const {
  run({"pg_createcluster",
       version_,
       name,
       "--datadir",
       folder_ + "/data/" + version_ + "/" + name,
       "--logfile",
       folder_ + "/log/" + name + ".log",
       "--socketdir",
       folder_,
       "--start-conf",
       "manual",
       "-o",
       "fsync=off",
       "-o",
       "external_pid_file=" + folder_ + "/" + version_ + "-" + name + ".pid",
       "-o",
       "autovacuum=off",
       "-o",
       "max_prepared_transactions=5",
       "-o",
       "shared_buffers=16MB",
       "--",
       "--no-sync"});
  run({"pg_conftool", version_, name, "set", "listen_addresses", ""});
  const std::string rules =
      write("pg_hba.conf", "local all postgres peer\nlocal replication postgres peer\nlocal all all trust\n");
  run({"cp", rules, folder_ + "/etc/" + version_ + "/" + name});
  control(name, "start");
}

void Machine::create_shop(const std::string& name) const {
  create_cluster(name);
  psql(name, "postgres", "ALTER SYSTEM SET wal_level = logical");
  control(name, "restart");
  psql(name, "postgres", "CREATE ROLE app LOGIN");
  psql(name, "postgres", "CREATE DATABASE shop OWNER app");
  psql(name, "shop",
       "CREATE TABLE orders (id bigint PRIMARY KEY); ALTER TABLE orders OWNER TO app; INSERT INTO orders "
       "SELECT -i FROM generate_series(1, 1000) AS i");
  write("services",
        "[shop]\nhost=" + folder_ + "\nport=" + property(name, "port") + "\ndbname=shop\nuser=app\n");
}

void Machine::create_follower(const std::string& name, const std::string& leader) const {
  const std::string data = folder_ + "/data/" + version_ + "/" + name;
  const std::string from = "host=" + folder_ + " port=" + property(leader, "port");
  run({"/usr/lib/postgresql/" + version_ + "/bin/pg_basebackup", "--dbname", from + " user=postgres",
       "--pgdata", data, "--checkpoint", "fast", "--no-sync"});
  run({"touch", data + "/standby.signal"});
  const std::string configuration = folder_ + "/etc/" + version_ + "/" + leader;
  for (const char* file : {"/postgresql.conf", "/pg_hba.conf", "/pg_ident.conf"})
    run({"cp", configuration + file, data});
  run({"pg_createcluster", version_, name, "--datadir", data, "--logfile", folder_ + "/log/" + name + ".log",
       "--socketdir", folder_, "--start-conf", "manual", "-o", "cluster_name=" + version_ + "/" + name, "-o",
       "external_pid_file=" + folder_ + "/" + version_ + "-" + name + ".pid", "-o",
       "primary_conninfo=" + from + " user=postgres"});
  control(name, "start");
}

void Machine::control(const std::string& name, const std::string& action) const {
  run({"pg_ctlcluster", version_, name, action, "--skip-systemctl-redirect"});
}

std::string Machine::property(const std::string& cluster, const std::string& member) const {
  for (const auto& one : nlohmann::json::parse(run({"pg_lsclusters", "--json"}))) {
    if (one["cluster"] == cluster)
      return one.at(member).is_string() ? one[member].get<std::string>() : one[member].dump();
  }
  throw std::runtime_error("there is no cluster " + cluster);
}

std::string Machine::psql(const std::string& cluster, const std::string& database,
                          const std::string& sql) const {
  std::string out = run(
      {"psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", connection(cluster, database, "postgres"), "-c", sql});
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string Machine::connection(const std::string& cluster, const std::string& database,
                                const std::string& role) const {
  return "host=" + folder_ + " port=" + property(cluster, "port") + " dbname=" + database + " user=" + role;
}

std::string Machine::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ + "/" + name) << text;
  return folder_ + "/" + name;
}

std::string Machine::write_secret(const std::string& name, const std::string& text) const {
  const std::string open = write(name + ".open", text);
  run({"install", "--mode=600", open, folder_ + "/" + name});
  fs::remove(open);
  return folder_ + "/" + name;
}

std::string Machine::read(const std::string& name) const {
  std::ifstream file(folder_ + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

support::ProcessResult Machine::pghaulctl(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{PGHAULCTL_COMMAND};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return support::run_command(argv, environment());
}

support::Environment Machine::environment() const {
  return {{"PG_CLUSTER_CONF_ROOT", folder_ + "/etc"}, {"PGHAUL_APPS", folder_ + "/apps"}};
}

std::string Machine::run(const std::vector<std::string>& argv) const {
  const auto done = support::run_command(as_owner(argv), environment());
  if (done.exit_status != 0) throw std::runtime_error(argv[0] + ": " + done.out + done.err);
  return done.out;
}

std::unique_ptr<support::Process> Machine::start_writer() const {
  const std::string loop =
      "i=0; while [ ! -e " + folder_ +
      "/stop ]; do i=$((i+1)); psql -Xq service=shop -c \"INSERT INTO orders VALUES ($i)\" "
      "2>/dev/null && echo $i; done";
  return std::make_unique<support::Process>(std::vector<std::string>{"sh", "-c", loop},
                                            support::Environment{{"PGSERVICEFILE", folder_ + "/services"}});
}

}  // namespace pghaul::platform
