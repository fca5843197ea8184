#include "fleet.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>

#include "acting_as.h"
#include "cluster_tools.h"
#include "host.h"

namespace pghaul::platform {
namespace {

/// Returns the same connection, to another database. Its errors don't quote it: there may be a password in
/// it.
Result<std::string> with_database(const std::string& connection, const std::string& database) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection.c_str(), &problem), PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owner(problem, PQfreemem);
  if (!options) return refused("it is neither a cluster, such as 15/main, nor a connection string");
  std::string text;
  for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val != nullptr && std::string(one->keyword) != "dbname")
      text += keyword(one->keyword, one->val) + " ";
  }
  return text + keyword("dbname", database);
}

Address address_in(const std::string& connection, const std::string& database) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection.c_str(), nullptr), PQconninfoFree);
  Address address{.host = "localhost", .port = "5432", .database = database};
  for (const PQconninfoOption* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    if (std::string(one->keyword) == "host") address.host = one->val;
    if (std::string(one->keyword) == "port") address.port = one->val;
  }
  return address;
}

/// The clusters of each machine that an application's places are on, by the command that leads there.
using Machines = std::map<std::string, Result<std::vector<Cluster>>>;

Machines list_machines(const App& app) {
  Machines machines;
  for (const App::Database& database : app.databases) {
    const auto place = read_place(database.place);
    if (place && !machines.contains(place->host)) machines.emplace(place->host, list_clusters(place->host));
  }
  return machines;
}

bool is_place_in(const App& app, const ClusterName& cluster) {
  return std::ranges::any_of(app.databases, [&](const App::Database& one) {
    const ClusterName name = ClusterName::of(one.place);
    return name.text() == cluster.text() && name.host == cluster.host;
  });
}

/// Says whether a cluster is the place of a database of this application or another, whose cluster may well
/// have the same name and another version.
bool is_place_of_any(const App& app, const ClusterName& cluster) {
  return is_place_in(app, cluster) ||
         std::ranges::any_of(readable_apps(), [&](const App& other) { return is_place_in(other, cluster); });
}

/// What is found at a database's place.
struct Found {
  const Cluster* cluster = nullptr;
  const Cluster* other = nullptr;  // as Member::other
  bool half_upgraded = false;
  bool unfinished = false;
};

/// Chooses among clusters of one name: the one that runs counts, or else the one at its place.
const Cluster* choose(const ClusterName& place, const std::vector<const Cluster*>& named) {
  const Cluster* exact = nullptr;
  const Cluster* running = nullptr;
  for (const Cluster* one : named) {
    const bool is_exact = one->version == place.version;
    if (is_exact) exact = one;
    if (one->running && (running == nullptr || is_exact)) running = one;
  }
  if (running != nullptr) return running;
  return exact != nullptr || named.empty() ? exact : named.back();
}

/// Finds the cluster that another was upgraded from.
const Cluster* find_former(const Cluster& upgraded, const std::vector<const Cluster*>& named) {
  const auto version = Host::reached_by(upgraded.host).run({"cat", upgraded_mark(upgraded)});
  const auto found = std::ranges::find_if(
      named, [&](const Cluster* one) { return version && one->version + "\n" == *version; });
  return found == named.end() ? nullptr : *found;
}

/// Finds a database's cluster. While it is upgraded, or until it is, that is one of the same name and another
/// version; one that holds nothing yet does not count beside it. A cluster at the place of another database
/// is that one's.
Found find_cluster(const ClusterName& place, const App& app, const std::vector<Cluster>& clusters) {
  std::vector<const Cluster*> named;
  std::vector<const Cluster*> filled;
  const Cluster* empty = nullptr;
  for (const Cluster& one : clusters) {
    const bool is_exact = one.version == place.version;
    if (one.name == place.name && (is_exact || !is_place_of_any(app, ClusterName::of(one))))
      named.push_back(&one);
  }
  for (const Cluster* one : named) {
    const Stage stage = stage_of(*one).value_or(Stage::whole);
    if (stage == Stage::upgraded) return {one, find_former(*one, named), true};
    if (stage == Stage::whole) filled.push_back(one);
    if (stage != Stage::whole) empty = one;
  }
  if (filled.empty()) return {choose(place, named), nullptr, false, empty != nullptr};
  return {choose(place, filled), empty, false};
}

Outcome place_connection(Member& member, const std::string& database) {
  auto connection = with_database(member.place, database);
  if (!connection)
    return refused(fmt::format("the place of {}: {}", member.name, connection.error().message));
  member.connection_string = *connection;
  member.address = address_in(*connection, database);
  member.address.is_local = member.address.by_socket();
  if (member.address.is_local) member.address.socket_folder = member.address.host;
  return {};
}

Outcome place(Member& member, const App& app, const Machines& machines) {
  const auto where = read_place(member.place);
  if (!where) return place_connection(member, app.database);
  member.host = where->host;
  const std::string at = where->at.empty() ? address_of_command(where->host) : where->at;
  if (!where->host.empty() && at.empty()) {
    return refused(fmt::format("the place of {} does not say how applications reach it", member.name),
                   fmt::format("add the address of its machine: \"{} at HOST\"", member.place));
  }
  member.address = {.host = at, .database = app.database, .on = where->host, .is_local = at.empty()};
  const auto& clusters = machines.at(where->host);
  if (!clusters) {
    if (where->host.empty()) return tl::make_unexpected(clusters.error());
    member.state = Member::State::down;
    member.reason = clusters.error().message;
    return {};
  }
  const Found at_place = find_cluster(ClusterName::of(member.place), app, *clusters);
  const Cluster* const found = at_place.cluster;
  if (found == nullptr) return {};
  member.cluster = *found;
  if (at_place.other != nullptr) member.other = *at_place.other;
  member.half_upgraded = at_place.half_upgraded;
  member.unfinished = at_place.unfinished;
  member.connection_string = connection_to(*found, app.database);
  member.address.port = found->port;
  member.address.socket_folder = found->socket_folder;
  if (member.address.is_local) member.address.host = found->socket_folder;
  return {};
}

/// A server of another host can't be asked by PQping(): what it refused the connection with counts.
bool is_starting(const Member& member, const std::string& sqlstate) {
  constexpr const char* kCannotConnectNow = "57P03";
  if (!member.host.empty()) return sqlstate == kCannotConnectNow;
  const ActingAs owner(member.owner());
  return PQping(member.connection_string.c_str()) == PQPING_REJECT;
}

/// Has each address know the hosts of the others, so that none of these is taken for its own.
void tell_apart(std::vector<Member>& members) {
  for (Member& one : members) {
    for (const Member& other : members) {
      if (!other.address.is_local) one.address.other_hosts.push_back(other.address.host);
    }
  }
}

tl::unexpected<Failure> may_be_live(const Member& member) {
  return failed(
      PGHAUL_EXIT_UNREACHABLE,
      fmt::format("no name says which database is live, and {} may be: {}", member.name, member.reason),
      fmt::format("cure that; or have the place of {} say the host that the names have: \"{} at "
                  "HOST\"",
                  member.name, member.place));
}

void open(Member& member) {
  if (member.connection_string.empty()) {
    if (member.reason.empty()) member.reason = fmt::format("there is no cluster {}", member.place);
    return;
  }
  member.state = Member::State::down;
  std::string sqlstate;
  auto server = Server::open(member.connection_string, member.name, member.owner(), member.host, &sqlstate);
  if (!server) {
    if (is_starting(member, sqlstate)) member.state = Member::State::starting;
    member.reason = server.error().message;
    return;
  }
  const auto facts = server->query(
      "SELECT pg_catalog.pg_is_in_recovery(), (SELECT system_identifier FROM "
      "pg_catalog.pg_control_system())");
  if (!facts) {
    member.reason = facts.error().message;
    return;
  }
  member.follower = facts->front()[0] == "t";
  member.system = facts->front()[1];
  member.server = std::move(*server);
  member.state = Member::State::open;
}

}  // namespace

bool Member::is_meant_by(const Address& written) const {
  if (is_unasked()) return written.database == address.database && written.host == address.host;
  return means(written, address);
}

Result<Server> Member::connect(const std::string& database) const {
  if (connection_string.empty()) return failed(PGHAUL_EXIT_UNREACHABLE, name + ": " + reason);
  const auto connection = with_database(connection_string, database);
  if (!connection) return tl::make_unexpected(connection.error());
  return Server::open(*connection, name, owner(), host);
}

Outcome check_listening(const Member& live, const Member& next) {
  if (next.host == live.host || next.address.by_socket()) return {};
  auto server = live.connect("postgres");
  if (!server) return tl::make_unexpected(server.error());
  const auto listens = server->query("SELECT pg_catalog.current_setting('listen_addresses')");
  if (!listens) return tl::make_unexpected(listens.error());
  const std::string& addresses = listens->front()[0];
  if (addresses == "*" || addresses == "0.0.0.0" || addresses == "::") return {};
  return refused(fmt::format("{} would not be reached at {}: it takes over listen_addresses = '{}' of {}",
                             next.name, next.address.host, addresses, live.name),
                 fmt::format("make the cluster {} there, with addresses that it listens on; or set "
                             "listen_addresses = '*' of {}",
                             next.place_text(), live.name));
}

Result<Fleet> Fleet::survey(App app) {
  const Machines machines = list_machines(app);
  Fleet fleet;
  for (const App::Database& database : app.databases) {
    Member member;
    member.name = database.name;
    member.place = database.place;
    if (auto placed = place(member, app, machines); !placed) return tl::make_unexpected(placed.error());
    open(member);
    fleet.members_.push_back(std::move(member));
  }
  tell_apart(fleet.members_);
  auto pointers = make_pointers(app.names);
  if (!pointers) return tl::make_unexpected(pointers.error());
  fleet.pointers_ = std::move(*pointers);
  fleet.app_ = std::move(app);
  return fleet;
}

Result<Member*> Fleet::find(const std::string& name) {
  const auto found = std::ranges::find(members_, name, &Member::name);
  if (found == members_.end()) return refused(fmt::format("{} has no database {}", app_.name, name));
  return &*found;
}

Result<Member*> Fleet::live() {
  Outcome asked;
  for (const auto& pointer : pointers_) {
    const auto read = pointer->read();
    if (!read && asked) asked = tl::make_unexpected(read.error());
    if (!read || !*read) continue;
    for (Member& member : members_) {
      if (member.is_meant_by(**read)) return &member;
    }
  }
  for (const Member& member : members_) {
    if (asked && member.is_unasked()) asked = may_be_live(member);
  }
  if (!asked) return tl::make_unexpected(asked.error());
  std::vector<Member*> writable;
  for (Member& member : members_) {
    if (member.server && !member.follower) writable.push_back(&member);
  }
  if (writable.size() == 1) return writable.front();
  if (writable.empty()) {
    std::string reasons;
    for (const Member& member : members_) reasons += fmt::format("\n{}: {}", member.name, member.reason);
    return failed(PGHAUL_EXIT_UNREACHABLE,
                  fmt::format("no database of {} takes writes{}", app_.name, reasons));
  }
  return refused(fmt::format("{} and {} both take writes, and no name of {} points at one of them",
                             writable[0]->name, writable[1]->name, app_.name),
                 "add what points at the live one to 'names' in the application's file");
}

Member* Fleet::leader_of(const Member& follower) {
  for (Member& member : members_) {
    if (member.server && !member.follower && member.system == follower.system) return &member;
  }
  return nullptr;
}

}  // namespace pghaul::platform
