#include "cluster.h"

#include <pwd.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "program.h"
#include "server.h"

namespace pghaul::platform {
namespace {

using nlohmann::json;

/// Reads a member that some versions of pg_lsclusters write as a number, others as a text.
std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string user_name(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  return entry == nullptr ? "postgres" : entry->pw_name;
}

}  // namespace

std::string connection_to(const Cluster& cluster, const std::string& database) {
  return keyword("host", cluster.socket_folder) + " " + keyword("port", cluster.port) + " " +
         keyword("user", user_name(cluster.owner)) + " " + keyword("dbname", database);
}

bool is_cluster(const std::string& place) {
  static const std::regex kCluster(R"(\d+/[-.\w]+)");
  return std::regex_match(place, kCluster);
}

Result<std::vector<Cluster>> list_clusters() {
  const auto text = run_program({"pg_lsclusters", "--json"});
  if (!text) return tl::make_unexpected(text.error());
  const json listed = json::parse(*text, nullptr, false);
  if (!listed.is_array()) return refused("pg_lsclusters --json wrote what is not a list of clusters");
  std::vector<Cluster> clusters;
  for (const json& one : listed) {
    clusters.push_back({.version = text_of(one, "version"),
                        .name = text_of(one, "cluster"),
                        .port = text_of(one, "port"),
                        .socket_folder = text_of(one, "socketdir"),
                        .data_folder = text_of(one, "pgdata"),
                        .configuration_folder = text_of(one, "configdir"),
                        .log_file = text_of(one, "logfile"),
                        .owner = one.value("owneruid", uid_t{0}),
                        .running = text_of(one, "running") == "1"});
  }
  return clusters;
}

}  // namespace pghaul::platform
