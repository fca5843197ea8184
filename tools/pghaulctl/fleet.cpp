#include "fleet.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <pwd.h>

#include <algorithm>
#include <memory>

#include "acting_as.h"

namespace pghaul::platform {
namespace {

std::string user_name(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  return entry == nullptr ? "postgres" : entry->pw_name;
}

std::string connection_to(const Cluster& cluster, const std::string& database) {
  return keyword("host", cluster.socket_folder) + " " + keyword("port", cluster.port) + " " +
         keyword("user", user_name(cluster.owner)) + " " + keyword("dbname", database);
}

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

Outcome place(Member& member, const std::string& database, const std::vector<Cluster>& clusters) {
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
  const auto found = std::ranges::find_if(
      clusters, [&](const Cluster& one) { return one.version + "/" + one.name == member.place; });
  if (found == clusters.end()) return {};
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
    if (auto placed = place(member, app.database, clusters); !placed)
      return tl::make_unexpected(placed.error());
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
