#include "platform/other_host.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace pghaul::platform {
namespace {

std::string text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

/// What is not said to pg_createcluster lies in the host's own folder, too.
OtherHost::OtherHost(const Machine& machine, std::string name)
    : machine_(machine), name_(std::move(name)), command_("sh " + machine.folder() + "/" + name_ + ".host") {
  machine.run({"mkdir", folder(), folder() + "/etc", folder() + "/data", folder() + "/common"});
  machine.write(name_ + "/common/createcluster.conf",
                "data_directory = '" + folder() +
                    "/data/%v/%c'\nstart_conf = 'manual'\ncreate_main_cluster = "
                    "false\nunix_socket_directories = '" +
                    folder() + "'\nexternal_pid_file = '" + folder() + "/%v-%c.pid'\nfsync = off\n");
  const std::string down = folder() + ".down";
  const std::string bin = std::filesystem::path(PGHAULCTL_COMMAND).parent_path();
  machine.write(name_ + ".host", "echo \"$@\" >> " + machine.folder() + "/" + name_ + ".calls\n[ ! -e " +
                                     down + " ] || [ ! -e $(cat " + down + ") ] || { echo '" + name_ +
                                     ": No route to host' >&2; exit 255; }\nexport PATH=" + bin +
                                     ":$PATH PG_CLUSTER_CONF_ROOT=" + folder() +
                                     "/etc PGSYSCONFDIR=" + folder() + "/common\nexec \"$@\"\n");
}

/// The folder of a version may be root's, who has made it.
OtherHost::~OtherHost() {
  try {
    for (const auto& one : nlohmann::json::parse(machine_.run(there({"pg_lsclusters", "--json"}))))
      (void)support::run_command(
          there({"pg_dropcluster", "--stop", text(one["version"]), text(one["cluster"])}));
  } catch (const std::exception& thrown) {
    ADD_FAILURE() << thrown.what();
  }
}

std::vector<std::string> OtherHost::there(const std::vector<std::string>& argv) const {
  std::vector<std::string> all{"env", "PG_CLUSTER_CONF_ROOT=" + folder() + "/etc"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

std::string OtherHost::psql(const std::string& cluster, const std::string& database,
                            const std::string& sql) const {
  std::string out = machine_.run(
      {"psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d",
       "host=" + folder() + " port=" + property(cluster, "port") + " dbname=" + database + " user=postgres",
       "-c", sql});
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string OtherHost::property(const std::string& cluster, const std::string& member) const {
  for (const auto& one : nlohmann::json::parse(machine_.run(there({"pg_lsclusters", "--json"})))) {
    if (one["cluster"] == cluster) return text(one.at(member));
  }
  throw std::runtime_error("there is no cluster " + cluster);
}

void OtherHost::control(const std::string& cluster, const std::string& action) const {
  machine_.run(
      there({"pg_ctlcluster", property(cluster, "version"), cluster, action, "--skip-systemctl-redirect"}));
}

void OtherHost::take_down() const {
  take_down_when("/");
}

void OtherHost::take_down_when(const std::string& when) const {
  machine_.write(name_ + ".down", when);
}

void OtherHost::bring_back() const {
  std::filesystem::remove(folder() + ".down");
}

}  // namespace pghaul::platform
