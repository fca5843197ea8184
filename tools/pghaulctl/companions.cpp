#include "companions.h"

#include <fmt/format.h>

#include <algorithm>

#include "output.h"

namespace pghaul::platform {
namespace {

bool has_place(const App& app, const std::string& place) {
  return std::ranges::find(app.databases, place, &App::Database::place) != app.databases.end();
}

/// Says whether one of the application's names points at a database of the fleet. Without names, it works
/// with the same one if it has it.
Result<bool> works_there(const App& app, Fleet& fleet) {
  const auto pointers = make_pointers(app.names);
  if (!pointers) return tl::make_unexpected(pointers.error());
  if (pointers->empty())
    return std::ranges::any_of(fleet.members(), [&](const Member& one) { return has_place(app, one.place); });
  for (const auto& pointer : *pointers) {
    const auto read = pointer->read();
    if (!read) return tl::make_unexpected(read.error());
    const auto is_meant = [&](const Member& one) { return *read && means(**read, one.address); };
    if (std::ranges::any_of(fleet.members(), is_meant)) return true;
  }
  return false;
}

template <typename T>
void add_missing(std::vector<T>& to, const std::vector<T>& from) {
  for (const T& one : from) {
    if (std::ranges::find(to, one) == to.end()) to.push_back(one);
  }
}

}  // namespace

Result<App> with_companions(Fleet& fleet, const Member& to) {
  App all = fleet.app();
  const auto apps = read_apps();
  if (!apps) return tl::make_unexpected(apps.error());
  for (const App& other : *apps) {
    if (other.name == all.name || other.database != all.database) continue;
    const auto works = works_there(other, fleet);
    if (!works) return tl::make_unexpected(works.error());
    if (!*works) continue;
    if (!has_place(other, to.place)) {
      return refused(fmt::format("{} works with the same database as {}, and its file has none at {}",
                                 other.name, all.name, to.place),
                     "add it to its 'databases': its writers and names move along");
    }
    warn(fmt::format("{} works with the same database: its writers and names move along", other.name));
    add_missing(all.writers, other.writers);
    add_missing(all.names, other.names);
    add_missing(all.also, other.also);
  }
  return all;
}

}  // namespace pghaul::platform
