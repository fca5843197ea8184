#include "cluster.h"

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string_view>

#include "host.h"
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

/// One whose data is gone, as its removal was interrupted, has none: pg_lsclusters then says null.
uid_t owner_of(const json& object) {
  const auto found = object.find("owneruid");
  return found != object.end() && found->is_number() ? found->get<uid_t>() : uid_t{0};
}

}  // namespace

std::string connection_to(const Cluster& cluster, const std::string& database) {
  return keyword("host", cluster.socket_folder) + " " + keyword("port", cluster.port) + " " +
         keyword("user", cluster.owner_name) + " " + keyword("dbname", database);
}

std::optional<Place> read_place(const std::string& text) {
  static const std::regex kPlace(R"((?:(.*\S):\s+)?(\d+/[-.\w]+)(?:\s+at\s+(\S+))?)");
  std::smatch parts;
  if (!std::regex_match(text, parts, kPlace)) return std::nullopt;
  return Place{parts[1].str(), parts[2].str(), parts[3].str()};
}

std::string address_of_command(const std::string& command) {
  constexpr std::string_view kOptionsWithValue = "BbcDEeFIiJLlmOopQRSWw";
  std::istringstream words(command);
  std::string word;
  if (!(words >> word) || (word != "ssh" && !word.ends_with("/ssh"))) return {};
  while (words >> word && word.starts_with('-')) {
    if (word.size() == 2 && kOptionsWithValue.find(word[1]) != std::string_view::npos) words >> word;
  }
  if (!words || word.find_first_of(":'\"\\$") != std::string::npos) return {};
  return word.substr(word.rfind('@') + 1);
}

bool is_cluster(const std::string& place) {
  return read_place(place).has_value();
}

Result<std::vector<Cluster>> list_clusters(const std::string& host) {
  Host& machine = Host::reached_by(host);
  const auto text = machine.run({"pg_lsclusters", "--json"});
  if (!text) return tl::make_unexpected(text.error());
  const json listed = json::parse(*text, nullptr, false);
  if (!listed.is_array()) return refused("pg_lsclusters --json wrote what is not a list of clusters");
  std::vector<Cluster> clusters;
  std::map<uid_t, std::string> owners;
  for (const json& one : listed) {
    clusters.push_back({.version = text_of(one, "version"),
                        .name = text_of(one, "cluster"),
                        .port = text_of(one, "port"),
                        .socket_folder = text_of(one, "socketdir"),
                        .data_folder = text_of(one, "pgdata"),
                        .configuration_folder = text_of(one, "configdir"),
                        .log_file = text_of(one, "logfile"),
                        .owner = owner_of(one),
                        .running = text_of(one, "running") == "1",
                        .host = host});
    std::string& owner = owners[clusters.back().owner];
    if (owner.empty()) {
      auto name = machine.user_name(clusters.back().owner);
      if (!name) return tl::make_unexpected(name.error());
      owner = std::move(*name);
    }
    clusters.back().owner_name = owner;
  }
  return clusters;
}

}  // namespace pghaul::platform
