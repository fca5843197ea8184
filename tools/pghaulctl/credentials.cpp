#include "credentials.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "maintenance.h"

namespace pghaul::platform {
namespace {

Result<std::string> random_password() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return refused(fmt::format("cannot make a password: {}", std::strerror(errno)));
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

/// Refuses a writer that another application's names log in as, too: they would keep a login that ends.
Outcome refuse_shared(const Fleet& fleet, const Member& live, const std::string& writer) {
  const auto apps = read_apps();
  if (!apps) return tl::make_unexpected(apps.error());
  for (const App& other : *apps) {
    const bool there =
        std::ranges::find(other.databases, live.place, &App::Database::place) != other.databases.end();
    if (other.name == fleet.app().name || !there) continue;
    const auto pointers = make_pointers(other.names);
    if (!pointers) return tl::make_unexpected(pointers.error());
    for (const auto& pointer : *pointers) {
      const auto login = pointer->read_login();
      if (!login) return tl::make_unexpected(login.error());
      const bool listed = pointer->lists_logins() && std::ranges::count(other.writers, writer) != 0;
      const std::string user = *login ? (*login)->user : listed ? writer : "";
      if (!is_login_of(user, writer)) continue;
      return refused(fmt::format("{} logs in as {}, too", other.name, user),
                     fmt::format("give {} a role of its own", other.name));
    }
  }
  return {};
}

Outcome refuse_fenced(Fleet& fleet, Member& live) {
  const auto fenced = is_fenced(*live.server, fleet.app().writers);
  if (!fenced) return tl::make_unexpected(fenced.error());
  if (!*fenced) return {};
  return refused(fmt::format("maintenance keeps {} out of {}", fleet.app().name, live.name),
                 fmt::format("pghaulctl maintenance off {}", fleet.app().name));
}

Outcome check(const std::vector<Pointer*>& names) {
  for (Pointer* name : names) {
    Outcome checked = name->check();
    if (checked) checked = name->check_login();
    if (!checked) return refused(checked.error().message, checked.error().hint);
  }
  return {};
}

/// Chooses the next login: one that no name has. One that an interrupted rotation has made comes first; its
/// password is that of a name that has it already.
Result<Login> next_login(const WriterLogins& logins, const std::vector<Pointer*>& names) {
  std::set<std::string> used;
  for (Pointer* name : names) {
    const auto login = name->read_login();
    if (!login) return tl::make_unexpected(login.error());
    if (*login && (*login)->user == logins.introduced) return **login;
    if (*login) used.insert((*login)->user);
  }
  if (logins.introduced) return Login{*logins.introduced, ""};
  if (names.empty() && logins.in_use) used.insert(*logins.in_use);
  for (const std::string& role : login_names(logins.writer)) {
    if (!used.contains(role)) return Login{role, ""};
  }
  return refused(fmt::format("names log in as {}, and others as {}", *used.begin(), *used.rbegin()),
                 "write the same user and password into all of them first");
}

Result<std::string> current_login(const WriterLogins& logins, const std::vector<Pointer*>& names) {
  for (Pointer* name : names) {
    const auto login = name->read_login();
    if (!login) return tl::make_unexpected(login.error());
    if (*login && (*login)->user != logins.introduced) return (*login)->user;
  }
  return logins.in_use.value_or(logins.writer);
}

Result<std::vector<Address>> addresses_of(const Rotation& rotation) {
  std::vector<Address> addresses;
  for (const auto& pointers : {rotation.names, rotation.poolers}) {
    for (Pointer* one : pointers) {
      const auto address = one->read();
      if (!address) return tl::make_unexpected(address.error());
      if (*address && std::ranges::find(addresses, **address) == addresses.end())
        addresses.push_back(**address);
    }
  }
  return addresses;
}

/// Logs in as the application will, at the address of each name: pg_hba.conf may know the writer by its name
/// only.
Outcome try_login(Member& live, const Rotation& rotation) {
  const auto addresses = addresses_of(rotation);
  if (!addresses) return tl::make_unexpected(addresses.error());
  for (const Address& one : *addresses) {
    const std::string connection =
        fmt::format("{} {} {} {} {} connect_timeout=10", keyword("host", one.host), keyword("port", one.port),
                    keyword("dbname", one.database), keyword("user", rotation.next.user),
                    keyword("password", rotation.next.password));
    const auto server = Server::open(connection, live.name, std::nullopt, one.on);
    if (server) continue;
    return refused(fmt::format("{}\nno name has been touched, and {} is valid", server.error().message,
                               rotation.current),
                   fmt::format("let {} in by pg_hba.conf, where '+{}' means it and {}", rotation.next.user,
                               rotation.logins.writer, rotation.logins.writer));
  }
  return {};
}

/// Writes the login into all lists, and then into all names.
Outcome write_everywhere(Member& live, const Rotation& rotation) {
  for (Pointer* list : rotation.lists) {
    const auto secret = read_verifier(*live.server, rotation.next.user);
    if (!secret) return tl::make_unexpected(secret.error());
    if (auto admitted = list->admit(rotation.next.user, *secret); !admitted) return admitted;
  }
  for (Pointer* name : rotation.names) {
    if (auto written = name->write_login(rotation.next); !written) return written;
  }
  return {};
}

bool lists_logins(Fleet& fleet) {
  return std::ranges::any_of(fleet.pointers(), [](const auto& pointer) { return pointer->lists_logins(); });
}

/// Finds the lists of logins, and the poolers that take them from there.
void find_lists(Fleet& fleet, Rotation& rotation) {
  for (const auto& pointer : fleet.pointers()) {
    if (pointer->lists_logins()) rotation.lists.push_back(pointer.get());
    const auto login = pointer->read_login();
    if (pointer->is_pooler() && login && !*login) rotation.poolers.push_back(pointer.get());
  }
}

tl::unexpected<Failure> half_way(const Failure& failure, const Rotation& rotation) {
  return failed(PGHAUL_EXIT_STOPPED,
                fmt::format("{}\n{} and {} are both valid; not every name has {} yet", failure.message,
                            rotation.current, rotation.next.user, rotation.next.user),
                "once that is cured, run it again: it goes on where it stopped");
}

}  // namespace

std::string shown_label(const Pointer& name) {
  return name.label().substr(0, name.label().find(' '));
}

Result<std::vector<Pointer*>> names_of_writer(Fleet& fleet, const std::string& writer) {
  std::vector<Pointer*> names;
  for (const auto& pointer : fleet.pointers()) {
    const auto login = pointer->read_login();
    if (!login) return tl::make_unexpected(login.error());
    if (*login && is_login_of((*login)->user, writer)) names.push_back(pointer.get());
    if (*login) continue;
    const auto address = pointer->read();
    if (!address) return tl::make_unexpected(address.error());
    if (!*address) continue;  // a hook, a list of logins, or a pooler that is not attached
    if (!pointer->is_pooler())
      return refused(fmt::format("{} names no user", shown_label(*pointer)),
                     fmt::format("write user={} and its password there first", writer));
    if (lists_logins(fleet)) continue;
    return refused(fmt::format("{} names no user, so PgBouncer hands on the logins of its clients",
                               shown_label(*pointer)),
                   fmt::format("add its auth_file to 'names': userlist:/etc/pgbouncer/userlist.txt; or write "
                               "user={} and its password there",
                               writer));
  }
  return names;
}

Result<Rotation> plan_rotation(Fleet& fleet, Member& live, const std::string& writer) {
  Outcome may = refuse_fenced(fleet, live);
  if (may) may = refuse_shared(fleet, live, writer);
  if (!may) return tl::make_unexpected(may.error());
  auto logins = read_logins(*live.server, writer);
  if (!logins) return tl::make_unexpected(logins.error());
  auto names = names_of_writer(fleet, writer);
  if (!names) return tl::make_unexpected(names.error());
  Rotation rotation{.logins = std::move(*logins), .names = std::move(*names)};
  find_lists(fleet, rotation);
  may = check(rotation.names);
  if (may) may = check(rotation.lists);
  if (!may) return tl::make_unexpected(may.error());
  auto next = next_login(rotation.logins, rotation.names);
  if (!next) return tl::make_unexpected(next.error());
  auto current = current_login(rotation.logins, rotation.names);
  if (!current) return tl::make_unexpected(current.error());
  rotation.next = std::move(*next);
  rotation.current = std::move(*current);
  return rotation;
}

/// Poolers first read what is in their files: an interrupted run may have written it, and not have told them.
Outcome rotate(Member& live, Rotation& rotation) {
  for (const auto& pointers : {rotation.lists, rotation.names}) {
    for (Pointer* one : pointers) {
      if (auto read = one->reload(); !read) return read;
    }
  }
  if (rotation.next.password.empty()) {
    auto password = random_password();
    if (!password) return tl::make_unexpected(password.error());
    rotation.next.password = std::move(*password);
    if (auto made = introduce_login(*live.server, rotation.logins, rotation.next); !made) return made;
  }
  if (auto let_in = try_login(live, rotation); !let_in) return let_in;
  if (auto written = write_everywhere(live, rotation); !written) return half_way(written.error(), rotation);
  if (auto settled = settle_login(*live.server, rotation.logins, rotation.next.user); !settled)
    return half_way(settled.error(), rotation);
  return {};
}

std::vector<std::string> earlier_logins(const Rotation& rotation, const std::string& used) {
  std::vector<std::string> earlier = rotation.logins.can_log_in;
  std::erase(earlier, used);
  return earlier;
}

}  // namespace pghaul::platform
