#include "fleet.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "acting_as.h"

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

bool is_place_of_any(const App& app, const std::string& place) {
  return std::ranges::find(app.databases, place, &App::Database::place) != app.databases.end();
}

std::string place_of(const Cluster& cluster) {
  return cluster.version + "/" + cluster.name;
}

/// Finds a database's cluster. While it is upgraded, or until it is, that is one of the same name and another
/// version: the one that runs counts, or else the one at its place. A cluster at the place of another
/// database is that one's.
const Cluster* find_cluster(const std::string& place, const App& app, const std::vector<Cluster>& clusters) {
  const std::string name = place.substr(place.find('/') + 1);
  const Cluster* exact = nullptr;
  const Cluster* running = nullptr;
  const Cluster* any = nullptr;
  for (const Cluster& one : clusters) {
    const bool is_exact = place_of(one) == place;
    if (one.name != name || (!is_exact && is_place_of_any(app, place_of(one)))) continue;
    any = &one;
    if (is_exact) exact = &one;
    if (one.running && (running == nullptr || is_exact)) running = &one;
  }
  if (running != nullptr) return running;
  return exact != nullptr ? exact : any;
}

Outcome place(Member& member, const App& app, const std::vector<Cluster>& clusters) {
  const std::string& database = app.database;
  if (!is_cluster(member.place)) {
    if (member.place.find(": ") != std::string::npos && member.place.find('=') == std::string::npos)
      return refused(fmt::format("{} is on another host, which pghaulctl does not reach yet", member.name),
                     "give a connection string in its place");
    auto connection = with_database(member.place, database);
    if (!connection)
      return refused(fmt::format("the place of {}: {}", member.name, connection.error().message));
    member.connection_string = *connection;
    member.address = address_in(*connection, database);
    return {};
  }
  const Cluster* found = find_cluster(member.place, app, clusters);
  if (found == nullptr) return {};
  member.cluster = *found;
  member.connection_string = connection_to(*found, database);
  member.address = {.host = found->socket_folder, .port = found->port, .database = database};
  return {};
}

void open(Member& member) {
  if (member.connection_string.empty()) {
    member.reason = fmt::format("there is no cluster {}", member.place);
    return;
  }
  member.state = Member::State::down;
  auto server = Server::open(member.connection_string, member.name, member.owner());
  if (!server) {
    const ActingAs owner(member.owner());
    if (PQping(member.connection_string.c_str()) == PQPING_REJECT) member.state = Member::State::starting;
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

Result<Server> Member::connect(const std::string& database) const {
  if (connection_string.empty()) return failed(PGHAUL_EXIT_UNREACHABLE, name + ": " + reason);
  const auto connection = with_database(connection_string, database);
  if (!connection) return tl::make_unexpected(connection.error());
  return Server::open(*connection, name, owner());
}

Result<Fleet> Fleet::survey(App app) {
  std::vector<Cluster> clusters;
  if (std::ranges::any_of(app.databases, is_cluster, &App::Database::place)) {
    auto listed = list_clusters();
    if (!listed) return tl::make_unexpected(listed.error());
    clusters = std::move(*listed);
  }
  Fleet fleet;
  for (const App::Database& database : app.databases) {
    Member member;
    member.name = database.name;
    member.place = database.place;
    if (auto placed = place(member, app, clusters); !placed) return tl::make_unexpected(placed.error());
    open(member);
    fleet.members_.push_back(std::move(member));
  }
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
  for (const auto& pointer : pointers_) {
    const auto read = pointer->read();
    if (!read || !*read) continue;
    for (Member& member : members_) {
      if (means(**read, member.address)) return &member;
    }
  }
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
